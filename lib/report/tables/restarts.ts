import { formatDuration } from '../../measure/index.ts'
import type { RollStep } from '../../services/index.ts'
import { exact } from '../numbers.ts'
import type { Report } from '../schema.ts'
import type { Column } from './column.ts'

/** One instance's turn in a rolling restart. */
export interface RestartRow extends RollStep {
  readonly id: string
}

export function restartRows({ faults }: Report): RestartRow[] {
  return faults.flatMap(({ id, roll }) => (roll?.steps ?? []).map((step) => ({ ...step, id })))
}

/** How long each part of each instance's restart took. */
export function restartColumns(rows: readonly RestartRow[]): Column<RestartRow>[] {
  const span = (title: string, from: keyof RollStep, to: keyof RollStep, worth?: number): Column<RestartRow> => ({
    title,
    align: 'right',
    text: (row) => between(row[from], row[to]),
    ...(worth !== undefined && { worth }),
  })
  return [
    { title: 'Restarts', align: 'left', text: ({ id }) => id, tone: () => 'fault' },
    { title: 'instance', align: 'left', text: ({ instance }) => instance, shrinks: true },
    span('drained', 'beganAt', 'drainedAt', 2),
    { ...span('stopped', 'drainedAt', 'stoppedAt', 3), tone: ({ killed }) => (killed ? 'caution' : undefined) },
    span('started', 'stoppedAt', 'startedAt', 4),
    span('active', 'startedAt', 'activeAt', 1),
    {
      ...span('in all', 'beganAt', 'activeAt'),
      tone: ({ activeAt }) => (activeAt === undefined ? 'bad' : undefined),
    },
    ...(rows.some(({ lostRequests }) => lostRequests !== undefined)
      ? [
          {
            title: 'lost',
            align: 'right',
            text: ({ lostRequests = 0 }) => exact(lostRequests),
            tone: ({ lostRequests = 0 }) => (lostRequests > 0 ? 'bad' : undefined),
            worth: 5,
          } satisfies Column<RestartRow>,
        ]
      : []),
  ]
}

function between(from: unknown, to: unknown): string {
  if (typeof to !== 'number') return 'never'
  return typeof from === 'number' && to >= from ? formatDuration(to - from) : '–'
}
