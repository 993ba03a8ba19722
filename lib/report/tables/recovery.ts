import { exact } from '../numbers.ts'
import type { RecoveryRecord, Took } from '../recovery-record.ts'
import type { FaultRecord, Report } from '../schema.ts'
import type { Column } from './column.ts'
import { slowest, tookText, tookTone } from './took.ts'

/** A fault of which it is known how it went by. */
export type RecoveryRow = FaultRecord & { readonly recovery: RecoveryRecord }

export function recoveryRows({ faults }: Report): RecoveryRow[] {
  return faults.filter((fault): fault is RecoveryRow => fault.recovery !== undefined)
}

/** How each fault went by: what it did to the load, and how long each part of getting over it took. */
export function recoveryColumns(rows: readonly RecoveryRow[]): Column<RecoveryRow>[] {
  const timed = (title: string, read: (record: RecoveryRecord) => Shown, worth?: number): Column<RecoveryRow> => ({
    title,
    align: 'right',
    text: ({ recovery }) => tookText(read(recovery)),
    tone: ({ recovery }) => tookTone(read(recovery)),
    ...(worth !== undefined && { worth }),
  })
  const any = (read: (record: RecoveryRecord) => unknown) => rows.some(({ recovery }) => read(recovery) !== undefined)
  const columns: (Column<RecoveryRow> | false)[] = [
    { title: 'Recovery', align: 'left', text: ({ id }) => id, tone: () => 'fault', shrinks: true },
    timed('noticed', ({ detected }) => detected, 2),
    any(({ acksBack }) => acksBack) && timed('no acks for', ({ longestAckGap }) => longestAckGap),
    any(({ acksBack }) => acksBack) && timed('acks back', acksBack, 1),
    rows.some(({ recovery }) => Object.keys(recovery.newLeaders).length > 0) &&
      timed('new leader', ({ newLeaders }) => slowest(Object.values(newLeaders)), 7),
    any(({ throughput }) => throughput) && {
      title: 'throughput',
      align: 'right',
      text: ({ recovery: { throughput } }) => (throughput ? `${Math.round(throughput.share * 100)}%` : '–'),
    },
    timed('well again', ({ recovered }) => recovered),
    any(({ fullThroughput }) => fullThroughput) && timed('full rate', ({ fullThroughput }) => fullThroughput, 6),
    rows.some(({ recovery }) => Object.keys(recovery.backlogs).length > 0) && {
      title: 'backlog',
      align: 'right',
      text: ({ recovery: { backlogs } }) => exact(Math.max(0, ...Object.values(backlogs).map(({ peak }) => peak))),
      worth: 3,
    },
    rows.some(({ recovery }) => Object.values(recovery.backlogs).some(({ drained }) => drained)) &&
      timed('drained', ({ backlogs }) => slowest(Object.values(backlogs).map(({ drained }) => drained)), 4),
    any(({ replicasCurrent }) => replicasCurrent) && timed('replicas', ({ replicasCurrent }) => replicasCurrent, 5),
  ]
  return columns.filter((column) => column !== false)
}

/** What the columns count from; to be read below the table. */
export const recoveryLegend = [
  'noticed … new leader: since its start',
  'well again …: since its heal',
  '>9s: 9s waited for in vain',
] as const

type Shown = Took | undefined

/** Acks that never stopped did not come back. */
function acksBack({ acksBack, longestAckGap }: RecoveryRecord): Shown {
  return longestAckGap ? acksBack : undefined
}
