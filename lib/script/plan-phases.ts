import { type Occurrence, quorumLossIn } from '../faults/index.ts'
import {
  defaultInFlight,
  type ParsedPhase,
  type PhasePlan,
  phaseDuration,
  phaseSchema,
  planExecutor,
  type StreamPlan,
} from '../load/index.ts'
import { formatDuration } from '../measure/index.ts'
import { plural } from '../plural.ts'
import { longestMs } from '../schema.ts'
import { show } from '../show.ts'
import { namesIn, repeated } from './names.ts'
import { type FaultContext, Firings, parseTimings } from './plan-faults.ts'
import type { Problems } from './problems.ts'
import { quorumsOf } from './quorums.ts'

/** More phases than this is a script that makes them by mistake. */
const maxPhases = 1_000

export interface PhaseContext extends FaultContext {
  /** Those that nothing is wrong with. */
  readonly streams: readonly StreamPlan[]
  /** Factor on durations and fault times. */
  readonly scale: number
}

/** The script's `phases`, with their faults as firings on links that the topology has. */
export function planPhases(value: unknown, context: PhaseContext): PhasePlan[] {
  const { problems } = context
  const entries = listOf(value, problems)
  const phases = entries.map((entry, index) => problems.parse(['phases', index], phaseSchema, entry))
  sayRepeated(entries, problems)
  const timings = entries.map((entry, index) => parseTimings(entry, index, context))
  const firings = new Firings(
    timings.flat().map(({ timing }) => timing.name),
    problems,
  )
  return phases.flatMap((phase, index) => {
    if (!phase) return []
    const faults = timings[index]!.flatMap((placed) => firings.of(placed, phase, context.scale))
    return planPhase(phase, index, faults, context)
  })
}

function listOf(value: unknown, problems: Problems): unknown[] {
  if (value === undefined) return []
  if (!Array.isArray(value)) {
    problems.add(['phases'], `phases is ${show(value)}; it must be a list of phases`)
    return []
  }
  if (value.length === 0 || value.length > maxPhases) {
    const count = value.length.toLocaleString('en')
    problems.add(['phases'], `phases has ${count} entries; it must have 1 to ${maxPhases.toLocaleString('en')}`)
    return []
  }
  // A hole in the list is a phase that is missing, and map() would pass over it.
  return Array.from(value)
}

function sayRepeated(entries: readonly unknown[], problems: Problems): void {
  const names = entries.map((entry) => namesIn([entry])[0])
  for (const [index, first] of repeated(names)) {
    problems.add(
      ['phases', index, 'name'],
      `phases[${index}] is named "${names[index]}", as phases[${first}] is; names must differ`,
    )
  }
}

function planPhase(phase: ParsedPhase, index: number, faults: readonly Occurrence[], context: PhaseContext): PhasePlan {
  const { problems, scale } = context
  const durationMs = phaseDuration(phase) * scale
  const executor = planExecutor(phase, scale)
  if (durationMs < 1 || durationMs > longestMs) {
    const scaled = scale === 1 ? '' : ` at time scale ${scale}`
    problems.add(
      ['phases', index, 'duration'],
      `phases[${index}] lasts ${formatDuration(durationMs)}${scaled}; it must last from 1 ms to 20 days`,
    )
  }
  sayQuorumLoss(faults, durationMs, index, context)
  return {
    name: phase.name,
    durationMs,
    executor,
    gracefulStopMs: phase.gracefulStop,
    maxInFlight: phase.maxInFlight ?? defaultInFlight(executor, phase.ackTimeout),
    overrun: phase.overrun ?? 'drop',
    ackTimeoutMs: phase.ackTimeout,
    thinkTimeMs: phase.thinkTime ?? 0,
    faults,
  }
}

/** A timeline that leaves a cluster without a majority is a mistake, unless the script says that it is meant. */
function sayQuorumLoss(
  faults: readonly Occurrence[],
  durationMs: number,
  index: number,
  { problems, topology, streams }: PhaseContext,
): void {
  if (!topology) return
  const loss = quorumLossIn(faults, durationMs, quorumsOf(topology, streams))
  if (!loss) return
  const { ids, atMs, group, left, needed } = loss
  const of = `${plural(group.nodes.length, 'node')}${group.region === undefined ? '' : ` of region ${group.region}`}`
  const leaves = `${ids.join(' and ')} ${ids.length === 1 ? 'leaves' : 'leave'} ${left} of ${of}`
  const wanted = `${needed} ${needed === 1 ? 'is' : 'are'} needed`
  problems.add(
    ['phases', index, 'faults'],
    `phases[${index}].faults would take quorum away ${formatDuration(atMs)} into the phase: ${leaves}, and ${wanted}; if that is meant, give the fault allowQuorumLoss: true`,
  )
}
