import { describeFault } from '../../../lib/faults/index.ts'
import { formatDuration } from '../../../lib/measure/index.ts'
import type { Report } from '../../../lib/report/index.ts'
import { exact } from '../../../lib/report/numbers.ts'
import { dashed } from './samples.ts'
import type { Tables } from './tables.ts'
import { slowest, tookText } from './took.ts'

/** What was done, how it went by, and each instance's turn in rolling restarts. */
export function faultTables({ faults }: Report): Tables {
  return {
    Faults: faults.map(({ id, fault, parts, targets, appliedAt, healedAt }) => {
      const isNamed = 'target' in fault && fault.kind !== 'partition'
      const hit = parts ?? (isNamed ? targets.join(', ') : undefined)
      return {
        Faults: id,
        what: describeFault(fault) + (hit === undefined ? '' : ` → ${hit}`),
        applied: appliedAt === undefined ? 'never' : formatDuration(appliedAt),
        healed: healedAt === undefined ? 'never' : formatDuration(healedAt),
      }
    }),
    Recovery: faults.flatMap(({ id, recovery }) => {
      if (!recovery) return []
      const { longestAckGap, throughput } = recovery
      const backlogs = Object.values(recovery.backlogs)
      return [
        {
          Recovery: id,
          noticed: tookText(recovery.detected),
          'no acks for': dashed(longestAckGap?.ms),
          'acks back': longestAckGap ? tookText(recovery.acksBack) : '–',
          'new leader': tookText(slowest(Object.values(recovery.newLeaders))),
          throughput: dashed(throughput?.share, (share) => `${Math.round(share * 100)}%`),
          'well again': tookText(recovery.recovered),
          'full rate': tookText(recovery.fullThroughput),
          backlog: exact(Math.max(0, ...backlogs.map(({ peak }) => peak))),
          drained: tookText(slowest(backlogs.map(({ drained }) => drained))),
          replicas: tookText(recovery.replicasCurrent),
        },
      ]
    }),
    Restarts: faults.flatMap(({ id, roll }) =>
      (roll?.steps ?? []).map(
        ({ instance, beganAt, drainedAt, stoppedAt, startedAt, activeAt, killed, lostRequests = 0 }) => ({
          Restarts: id,
          instance,
          ...parts({ beganAt, drainedAt, stoppedAt, startedAt, activeAt }, killed),
          'in all': between(beganAt, activeAt),
          lost: exact(lostRequests),
        }),
      ),
    ),
  }
}

/** Derived: how long lay between two times of the report. */
function between(from: number, to: number | undefined): string {
  return to === undefined ? 'never' : formatDuration(to - from)
}

/** Derived: how long each part of a turn took, from the end of whichever was before it: in a surge the new one is started first. */
function parts(times: Readonly<Record<string, number | undefined>>, killed = false): Record<string, string> {
  const done = Object.entries(times).flatMap(([mark, at]) => (at === undefined ? [] : [{ mark, at }]))
  done.sort((one, other) => one.at - other.at)
  const titles = { drainedAt: 'drained', stoppedAt: 'stopped', startedAt: 'started', activeAt: 'active' }
  return Object.fromEntries(
    Object.entries(titles).map(([mark, title]) => {
      const place = done.findIndex((one) => one.mark === mark)
      const text = place < 0 ? 'never' : between(done[place - 1]!.at, done[place]!.at)
      return [title, killed && title === 'stopped' ? `${text}, killed` : text]
    }),
  )
}
