import test from 'ava'
import { RequestLedger } from '../../lib/load/http/request-ledger.ts'

test('ids are unique and lead back to their request, of this run alone', (t) => {
  const ledger = new RequestLedger(7)
  const numbers = [ledger.next(), ledger.next(), ledger.next()]
  t.deepEqual(numbers, [0, 1, 2])
  const ids = numbers.map((number) => ledger.idOf(number))
  t.is(new Set(ids).size, 3)
  t.deepEqual(
    ids.map((id) => ledger.numberOf(id)),
    numbers,
  )
  const other = new RequestLedger(8)
  other.next()
  t.is(ledger.numberOf(other.idOf(0)), undefined)
  const [first] = ids
  for (const id of [
    undefined,
    7,
    '',
    first!.slice(0, -1),
    `${first}x`,
    ledger.idOf(3),
    ledger.idOf(-1),
    ledger.idOf(0.5),
  ])
    t.is(ledger.numberOf(id), undefined, String(id))
})

test('what is certain of a request is kept by service; what is not is in neither set', (t) => {
  const ledger = new RequestLedger(1)
  for (const fate of ['accepted', 'refused', 'failed', 'indeterminate', 'accepted'] as const) {
    ledger.settle('router', ledger.next(), fate)
  }
  ledger.settle('other', ledger.next(), 'accepted')
  const { accepted, notDone } = ledger.of('router')
  const held = (set: typeof accepted) => Array.from({ length: 6 }, (_, number) => number).filter((n) => set.has(n))
  t.deepEqual(held(accepted), [0, 4])
  t.deepEqual(held(notDone), [1, 2])
  t.deepEqual(held(ledger.of('other').accepted), [5])
  t.is(ledger.of('nobody').accepted.size, 0)
})
