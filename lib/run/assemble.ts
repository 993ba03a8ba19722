import type { Pacing } from '../load/index.ts'
import { now } from '../measure/index.ts'
import { plural } from '../plural.ts'
import {
  type BuildRecord,
  type EnvironmentRecord,
  type FaultRecord,
  type PhaseRecord,
  type Report,
  readEnvironment,
  reportVersion,
  type ServersObserved,
  type ServiceRecord,
  type ToxiproxyRecord,
} from '../report/index.ts'
import { type Plan, planWithoutSecrets } from '../script/index.ts'
import type { StateFindings } from '../services/index.ts'
import type { ServerRecord } from '../topology/index.ts'
import { interventionFor } from './long-partitions.ts'
import type { PhaseSpan } from './play/load-play.ts'
import type { Recording } from './recording/recording.ts'
import type { Windows } from './recording/windows.ts'
import { type Halt, judge } from './verdict.ts'

export interface RunFacts {
  readonly id: string
  readonly plan: Plan
  readonly pacing: Pacing
  readonly build: BuildRecord
  readonly startedAt: Date
  /** Monotonic; NaN when the run never came to a load. */
  readonly endedAt: number
  readonly proxy: ToxiproxyRecord
  readonly driver: Pick<EnvironmentRecord, 'driver' | 'firewall'>
  readonly servers: readonly ServerRecord[]
  readonly halts: readonly Halt[]
  readonly recording: Recording
  readonly windows: Windows
  readonly faults: readonly FaultRecord[]
  readonly phases: readonly PhaseSpan[]
  readonly observed: ServersObserved | undefined
  /** False while the run goes on: then intervals have no histograms, which take longer to encode than all else. */
  readonly final: boolean
  readonly services: readonly ServiceRecord[]
}

/** Makes the report of what was recorded. */
export function assembleReport(facts: RunFacts): Report {
  const { id, plan, pacing, startedAt, recording, halts } = facts
  const generator = recording.generator()
  const thresholds = plan.thresholds.map((threshold) => recording.judge(threshold))
  const { ledger, events, warnings } = recording
  return {
    format: 'squall-report',
    version: reportVersion,
    id,
    startedAt: startedAt.toISOString(),
    durationMs: durationOf(facts),
    build: facts.build,
    environment: { ...readEnvironment(), ...facts.driver },
    plan: planWithoutSecrets(plan),
    pacing,
    toxiproxy: facts.proxy,
    servers: facts.servers,
    result: judge({
      halts: [...halts, ...serviceFindings(facts.services), ...rollFindings(facts)],
      invalid: generator.flatMap(({ phase, invalid }) => (invalid === undefined ? [] : [`phase ${phase}: ${invalid}`])),
      thresholds,
      ledger,
      hasConsumers: plan.consumers.length > 0,
    }),
    thresholds,
    phases: phaseRecords(facts),
    faults: facts.faults.map((fault) => {
      const intervention = interventionFor(fault, plan.options.timeScale)
      return { ...fault, ...(intervention !== undefined && { intervention }) }
    }),
    series: recording.aggregate.toSeries(recording.secondsOf),
    timeline: recording.timeline({ histograms: facts.final }),
    events: events.kept,
    warnings: [...warnings, ...(events.remark === undefined ? [] : [events.remark])],
    ...(ledger && { ledger }),
    ...(facts.observed && { observed: facts.observed }),
    ...(facts.services.length > 0 && { services: facts.services }),
    generator: { phases: generator },
  }
}

/** To the end of the load, or until now while it goes on. */
function durationOf({ endedAt, final, recording: { origin } }: RunFacts): number {
  if (!Number.isNaN(endedAt)) return endedAt - origin
  return final || Number.isNaN(origin) ? 0 : now() - origin
}

function phaseRecords({ plan, phases, windows, recording, endedAt }: RunFacts): PhaseRecord[] {
  const { origin } = recording
  return phases.map((span, index) => ({
    name: plan.phases[index]!.name,
    ...span,
    windows: windows.spans
      .filter(({ phase }) => phase === index)
      .map(({ window, from, to }) => ({
        ...window,
        startMs: from - origin,
        // What is healed after the load opens one in which nothing is sent.
        endMs: Math.max(from, to ?? (Number.isNaN(endedAt) ? now() : endedAt)) - origin,
      })),
  }))
}

/** What of the services was not well when the run ended: the load went on without it, and it is a failure all the same. */
function serviceFindings(services: readonly ServiceRecord[]): Halt[] {
  return services.flatMap(({ name, instances, state }) => [
    ...instances.flatMap(({ trouble }): Halt[] =>
      trouble === undefined ? [] : [{ kind: 'failed', reason: `manual intervention needed: ${trouble}` }],
    ),
    ...stateFindings(name, state),
  ])
}

const shownDifferences = 3

/** What a service stores must be there after its restarts; what could not be read at the end is not known. */
function stateFindings(service: string, state: StateFindings | undefined): Halt[] {
  if (!state) return []
  const { differences, count, unread } = state
  const more = count > shownDifferences ? `; and ${count - shownDifferences} more` : ''
  const shown = `${differences.slice(0, shownDifferences).join('; ')}${more}`
  return [
    ...(count > 0 ? [{ kind: 'failed' as const, reason: `service ${service} did not keep its state: ${shown}` }] : []),
    ...(unread === undefined
      ? []
      : [
          {
            kind: 'unknown' as const,
            reason: `the state of service ${service} could not be read at the end: ${unread}`,
          },
        ]),
  ]
}

/** A rolling restart that did not come to its end by itself: nobody else will bring it there. */
function rollFindings({ faults, halts }: RunFacts): Halt[] {
  const found = faults.flatMap(({ id, roll, healedAt }): Halt[] => {
    if (roll?.failure !== undefined) {
      return [{ kind: 'failed', reason: `manual intervention needed: rolling restart ${id} stopped: ${roll.failure}` }]
    }
    // One that goes on still may come to its end; one that was ended with the run could not.
    if (!roll || roll.left.length === 0 || healedAt === undefined || halts.length > 0) return []
    return [
      {
        kind: 'failed',
        reason: `rolling restart ${id} had not come to ${roll.left.join(', ')} when its time was over`,
      },
    ]
  })
  return [...found, ...faults.flatMap(droppedRequests)]
}

/** What was under way at a stop signal is to be finished. */
function droppedRequests({ id, roll }: FaultRecord): Halt[] {
  return (roll?.steps ?? []).flatMap(({ instance, lostRequests = 0 }): Halt[] => {
    if (lostRequests === 0) return []
    const requests = plural(lostRequests, 'request')
    return [{ kind: 'failed', reason: `${instance} dropped ${requests} under way when it was restarted (${id})` }]
  })
}
