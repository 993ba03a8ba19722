import type { ConsumerLedger } from '../../load/index.ts'
import { exact } from '../numbers.ts'
import type { Column } from './column.ts'

/** What became of the messages that each consumer was to get. Unless the drain `finished`, losses are open: `7?`. */
export function consumerColumns(finished: boolean): Column<ConsumerLedger>[] {
  const count = (title: string, read: (one: ConsumerLedger) => number, worth: number): Column<ConsumerLedger> => ({
    title,
    align: 'right',
    text: (one) => exact(read(one)),
    tone: (one) => (title !== 'expected' && title !== 'received' && read(one) > 0 ? 'caution' : undefined),
    worth,
  })
  const lost = count('lost', (one) => one.lost, Number.POSITIVE_INFINITY)
  return [
    { title: 'Ledger', align: 'left', text: ({ consumer }) => consumer, shrinks: true },
    count('expected', ({ expected }) => expected, 5),
    count('received', ({ received }) => received, 6),
    {
      ...lost,
      text: (one) => (finished ? lost.text(one) : `${exact(one.lost)}?`),
      tone: (one) => (one.lost > 0 ? 'bad' : undefined),
    },
    count('duplicates', ({ duplicates }) => duplicates, 7),
    count('redelivered', ({ redelivered }) => redelivered, 3),
    count('out of order', ({ outOfOrder }) => outOfOrder, 4),
    count('recovered', ({ recovered }) => recovered, 2),
    count('pending', ({ pending }) => pending, 1),
  ]
}
