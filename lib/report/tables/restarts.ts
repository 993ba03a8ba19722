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

const marks = ['beganAt', 'drainedAt', 'stoppedAt', 'startedAt', 'activeAt'] as const

type Mark = (typeof marks)[number]

/** When what came before it in the turn was done: a surge starts the new one first. */
function before(row: RestartRow, mark: Mark): number {
  const at = (one: Mark) => row[one] ?? Number.POSITIVE_INFINITY
  const inOrder = marks.toSorted((one, other) => at(one) - at(other))
  return at(inOrder[inOrder.indexOf(mark) - 1] ?? 'beganAt')
}

/** How long each part of each instance's restart took. */
export function restartColumns(rows: readonly RestartRow[]): Column<RestartRow>[] {
  const part = (title: string, mark: Mark, worth?: number): Column<RestartRow> => ({
    title,
    align: 'right',
    text: (row) => between(before(row, mark), row[mark]),
    ...(worth !== undefined && { worth }),
  })
  return [
    { title: 'Restarts', align: 'left', text: ({ id }) => id, tone: () => 'fault' },
    { title: 'instance', align: 'left', text: ({ instance }) => instance, shrinks: true },
    part('drained', 'drainedAt', 2),
    {
      ...part('stopped', 'stoppedAt', 3),
      // It did not heed its stop signal.
      text: (row) => `${between(before(row, 'stoppedAt'), row.stoppedAt)}${row.killed ? ', killed' : ''}`,
      tone: ({ killed }) => (killed ? 'caution' : undefined),
    },
    part('started', 'startedAt', 4),
    part('active', 'activeAt', 1),
    {
      title: 'in all',
      align: 'right',
      text: ({ beganAt, activeAt }) => between(beganAt, activeAt),
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

function between(from: number, to: number | undefined): string {
  return to === undefined ? 'never' : formatDuration(to - from)
}
