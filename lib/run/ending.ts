import { messageOf } from '../errors.ts'
import { now } from '../measure/index.ts'
import type { Plan } from '../script/index.ts'
import type { ServerNode } from '../topology/index.ts'
import type { GeneratorHandle } from './generator-handle.ts'
import type { Halts } from './halts.ts'
import type { RunObserver } from './observer.ts'
import type { LoadPlay } from './play/load-play.ts'
import type { Recording } from './recording/recording.ts'
import { sleepUntil } from './sleep-until.ts'
import { replicaDifference } from './watch/replica-difference.ts'
import type { ServerWatch } from './watch/server-watch.ts'

export interface EndingParts {
  readonly plan: Plan
  readonly generator: GeneratorHandle
  readonly play: LoadPlay
  readonly watch: ServerWatch
  readonly recording: Recording
  readonly nodes: readonly ServerNode[]
  readonly halts: Halts
  readonly observer: RunObserver
  /** How long replicas, and then consumers and the reading of streams, may take; reading gets more for each message. */
  readonly drainMs: number
}

const defaultDrainMs = 30_000
/**
 * Where streams are copied: a copy whose request for more was lost, as when its link was just coming back, asks again after 30 s
 * or more, 43 s where it was measured, and copies have half of the time.
 */
const copiesDrainMs = 120_000
/** For the command's help. */
export const defaultDrains = `${defaultDrainMs / 1_000}s, ${copiesDrainMs / 1_000}s where streams are copied`

/** How long a drain may take when nothing else is asked for, milliseconds. */
export function defaultDrainOf({ streams }: Pick<Plan, 'streams'>): number {
  return streams.some(({ copies }) => copies) ? copiesDrainMs : defaultDrainMs
}

/** Reading a stream takes 6 µs a message where it was measured (docs/outcomes.md); the rest is margin. */
const drainMsPerMessage = 0.02
/** When the run ends early, what is in flight and what is queued get this long. */
const haltedMs = 5_000
const seenMs = 2_500
/** For a generator's answer, beyond the deadline that it was given. */
const marginMs = 5_000

/**
 * What comes after the load: faults are healed, what is in flight ends, the replicas become current, and only then is every
 * message looked for. Never rejects: what does not work out is a halt.
 */
export async function endLoad(parts: EndingParts): Promise<void> {
  const { plan, generator, play, recording, halts, observer, drainMs } = parts
  observer.stage('finishing')
  // Before the last iterations are waited for: they would wait for a link that is cut.
  await play.healAll()
  const abort = halts.halted
  const graceMs = abort ? haltedMs : Math.max(...plan.phases.map(({ gracefulStopMs }) => gracefulStopMs))
  try {
    await halts.orLost(
      generator.ask({ type: 'finish', deadline: now() + graceMs, abort }, 'finished', graceMs + marginMs),
    )
    observer.stage('draining')
    await awaitReplicas(parts)
    const attempts = recording.aggregate.count('publish_attempts')
    const readMs = abort ? haltedMs : drainMs + attempts * drainMsPerMessage
    await halts.orLost(generator.ask({ type: 'drain', deadline: now() + readMs }, 'drained', readMs + marginMs))
    if (halts.halted) return
    await seeCaughtUp(parts)
    await compareReplicas(parts)
  } catch (error) {
    halts.halt({ kind: 'invalid', reason: messageOf(error) })
  }
}

/** A stream is read through one replica: what it says holds for all only when all are current. */
async function awaitReplicas({ watch, halts, drainMs }: EndingParts): Promise<void> {
  const since = now()
  const deadline = since + (halts.halted ? haltedMs : drainMs)
  while (!watch.allCurrentSince(since) && now() < deadline && !halts.lost) {
    await sleepUntil(now() + 100, halts.lossSignal)
  }
  if (watch.allCurrentSince(since) || halts.lost) return
  halts.halt({ kind: 'unknown', reason: 'not every replica was current when the drain began, so it was not judged' })
}

/** Copies have caught up by now; the report is to have seen it, as it saw them fall behind. Two looks are enough. */
async function seeCaughtUp({ watch, halts }: EndingParts): Promise<void> {
  const since = now()
  while (!watch.haveCaughtUpSince(since) && now() < since + seenMs && !halts.lost) {
    await sleepUntil(now() + 50, halts.lossSignal)
  }
}

/** Replicas that are current and differ all the same have lost or kept what others did not: split brain. */
async function compareReplicas({ plan, nodes, halts }: EndingParts): Promise<void> {
  for (const { name, replicas } of plan.streams) {
    const finding = replicas > 1 ? await replicaDifference(nodes, name, replicas) : undefined
    if (finding) halts.halt(finding)
  }
}
