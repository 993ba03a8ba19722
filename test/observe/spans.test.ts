import test from 'ava'
import { SpanLog } from '../../lib/observe/spans.ts'

function logOf(...looks: (readonly [at: number, holds: boolean])[]): SpanLog {
  const log = new SpanLog()
  for (const [at, holds] of looks) log.add(at, holds)
  return log
}

test('spans, their number and their length, the open one up to the last look', (t) => {
  const log = logOf([0, false], [10, true], [20, true], [30, false], [40, true], [55, true])
  t.deepEqual(log.spans, [{ from: 10, to: 30 }, { from: 40 }])
  t.is(log.count, 2)
  t.is(log.totalMs, 35)
})

test('the first moment without it', (t) => {
  const log = logOf([0, false], [10, true], [30, false], [40, true], [50, true])
  t.is(log.firstWithout(5), 5)
  t.is(log.firstWithout(10), 30)
  t.is(log.firstWithout(29), 30)
  t.is(log.firstWithout(30), 30)
  t.is(log.firstWithout(45), undefined, 'it goes on')
  t.is(log.firstWithout(51), undefined, 'not looked at yet')
  t.is(new SpanLog().firstWithout(0), undefined)
})

test('of ten thousand spans the first thousand are kept, and the totals are those of all', (t) => {
  const log = new SpanLog()
  for (let at = 0; at < 20_000; at += 2) {
    log.add(at, true)
    log.add(at + 1, false)
  }
  t.is(log.spans.length, 1_000)
  t.is(log.count, 10_000)
  t.is(log.totalMs, 10_000)
})
