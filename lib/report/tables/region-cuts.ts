import { formatDuration } from '../../measure/index.ts'
import { exact } from '../numbers.ts'
import type { RegionCutRecord, Took } from '../recovery-record.ts'
import type { FaultRecord, Report } from '../schema.ts'
import type { Column } from './column.ts'
import type { Remark } from './remark.ts'
import { slowest, tookText, tookTone } from './took.ts'

/** Two regions that one firing of a fault parted. */
export interface RegionCutRow {
  readonly id: string
  readonly between: string
  /** By the script, milliseconds; absent in reports of before. */
  readonly plannedMs: number | undefined
  /** From when it was confirmed to be in force until it was healed; undefined when it never was. */
  readonly inForceMs: number | undefined
  readonly cut: RegionCutRecord
  /** The deepest queue of any copy, and until all had caught up. */
  readonly queued: number | undefined
  readonly caughtUp: Took | undefined
}

export function regionCutRows({ faults }: Report): RegionCutRow[] {
  return faults.flatMap((fault) => {
    const queues = Object.values(fault.recovery?.queues ?? {})
    return Object.entries(fault.recovery?.regions ?? {}).map(([between, cut]) => ({
      id: fault.id,
      between,
      plannedMs: fault.plannedMs,
      inForceMs: inForce(fault),
      cut,
      queued: queues.length > 0 ? Math.max(...queues.map(({ peak }) => peak)) : undefined,
      caughtUp: slowest(queues.map(({ drained }) => drained)),
    }))
  })
}

export function regionCutColumns(rows: readonly RegionCutRow[]): Column<RegionCutRow>[] {
  const time = (title: string, read: (row: RegionCutRow) => number | undefined, worth?: number) => ({
    title,
    align: 'right' as const,
    text: (row: RegionCutRow) => {
      const value = read(row)
      return value === undefined ? '–' : formatDuration(value)
    },
    ...(worth !== undefined && { worth }),
  })
  const timed = (title: string, read: (row: RegionCutRow) => Took | undefined, worth: number) => ({
    title,
    align: 'right' as const,
    text: (row: RegionCutRow) => tookText(read(row)),
    tone: (row: RegionCutRow) => tookTone(read(row)),
    worth,
  })
  const queues: Column<RegionCutRow>[] = [
    {
      title: 'queued',
      align: 'right',
      text: ({ queued }) => (queued === undefined ? '–' : exact(queued)),
      worth: 6,
    },
    timed('caught up', ({ caughtUp }) => caughtUp, 5),
  ]
  return [
    { title: 'Apart', align: 'left', text: ({ id }) => id, tone: () => 'fault', shrinks: true },
    { title: 'between', align: 'left', text: ({ between }) => between },
    time('planned', ({ plannedMs }) => plannedMs, 3),
    time('in force', ({ inForceMs }) => inForceMs, 2),
    time('silent', ({ cut }) => cut.silentMs),
    time('unlisted after', ({ cut }) => cut.unlistedAfterMs, 1),
    timed('crossed', ({ cut }) => cut.crossed, 7),
    timed('listed', ({ cut }) => cut.listed, 4),
    ...(rows.some(({ queued }) => queued !== undefined) ? queues : []),
  ]
}

/** What the columns mean; to be read below the table. */
export const regionCutLegend = [
  'silent: longest time without a message crossing',
  'crossed, listed, caught up: since its heal',
] as const

/** Nobody waits longer for two regions to find each other by themselves. */
const interveneMs = 5 * 60_000

/** Cuts that were over, and whose regions did not find each other again: the fault log speaks of those that lasted so long. */
export function lostLinks(rows: readonly RegionCutRow[]): Remark[] {
  return rows
    .filter(({ cut, inForceMs }) => inForceMs !== undefined && cut.silentMs - inForceMs > interveneMs)
    .map(({ id, between, cut, inForceMs }) => {
      const text = `manual intervention: no message crossed between ${between} for ${formatDuration(cut.silentMs)}, though ${id} was over after ${formatDuration(inForceMs!)}: look at the links between their servers`
      return { mark: '!', tone: 'caution', text }
    })
}

function inForce({ appliedAt, healedAt }: FaultRecord): number | undefined {
  return appliedAt === undefined || healedAt === undefined ? undefined : healedAt - appliedAt
}
