import { type Cut, type CutProbe, type Fault, isBetweenNodes } from '../../faults/index.ts'
import type { Topology } from '../../topology/index.ts'
import { ClientCutWatch } from './client-cut-watch.ts'
import { CutWatch } from './cut-watch.ts'
import { ProbeWatch } from './probe-watch.ts'

export type WatchOfCut = Pick<CutWatch, 'healing' | 'settled'>

/** What was cut, or made worse. */
export interface CutMade {
  /** Names of links. */
  readonly targets: readonly string[]
  readonly cuts: readonly Cut[]
  /** Of a fault that comes and goes, how often it has come. */
  readonly times?: () => number
  /** Of one that the kernel makes. */
  readonly probe?: CutProbe | undefined
}

/** Who proves that a fault which was just applied is in force; undefined where the proxies' word is all there is. */
export function watchOf(
  fault: Fault,
  { targets, cuts, times, probe }: CutMade,
  topology: Pick<Topology, 'bypasses' | 'routesUp' | 'links'>,
  onBroken: (how: string) => void,
): WatchOfCut | undefined {
  if (fault.kind === 'isolateClients') {
    return new ClientCutWatch({ links: topology.links.filter(({ name }) => targets.includes(name)), onBroken })
  }
  if (!isBetweenNodes(fault)) return undefined
  // Routes that are closed now and then are listed now and then.
  const isClosed = fault.kind === 'partition' && fault.mode === 'down' && !fault.flapping
  const effect = isClosed ? 'down' : fault.kind === 'slow' ? 'slow' : 'silent'
  const watch = new CutWatch({ topology, cuts, effect, onBroken, ...(times && { times }) })
  return probe ? bothOf(watch, new ProbeWatch(probe, onBroken)) : watch
}

/** Two looks at one cut: it is one when both say so. */
export function bothOf(one: WatchOfCut, other: WatchOfCut): WatchOfCut {
  return {
    healing() {
      one.healing()
      other.healing()
    },
    async settled() {
      const seen = await Promise.all([one.settled(), other.settled()])
      const error = seen.find((proof) => proof.error !== undefined)
      return error ?? { proof: seen.map(({ proof }) => proof).join('; ') }
    },
  }
}
