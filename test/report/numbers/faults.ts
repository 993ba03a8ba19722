import { describeFault } from '../../../lib/faults/index.ts'
import { formatDuration } from '../../../lib/measure/index.ts'
import type { Report } from '../../../lib/report/index.ts'
import { exact } from '../../../lib/report/numbers.ts'
import type { Tables } from './expected.ts'
import { dashed } from './samples.ts'
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
      (roll?.steps ?? []).map(({ instance, beganAt, drainedAt, stoppedAt, startedAt, activeAt, lostRequests = 0 }) => ({
        Restarts: id,
        instance,
        drained: between(beganAt, drainedAt),
        stopped: between(drainedAt, stoppedAt),
        started: between(stoppedAt, startedAt),
        active: between(startedAt, activeAt),
        'in all': between(beganAt, activeAt),
        lost: exact(lostRequests),
      })),
    ),
  }
}

/** Derived: how long lay between two times of the report. */
function between(from: number | undefined, to: number | undefined): string {
  if (to === undefined) return 'never'
  return from === undefined || to < from ? '–' : formatDuration(to - from)
}
