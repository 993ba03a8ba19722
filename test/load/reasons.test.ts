import test from 'ava'
import { Reasons } from '../../lib/load/ledger/reasons.ts'

test('reasons are counted by operation and outcome, the commonest first', (t) => {
  const reasons = new Reasons()
  reasons.note('publish', 'failed', 'no responders')
  for (let count = 0; count < 3; count += 1) reasons.note('publish', 'failed', 'not connected')
  reasons.note('publish', 'indeterminate', 'timeout')
  reasons.note('http', 'failed', 'status 503')
  t.deepEqual(
    reasons.result().map(({ operation, outcome, reason, count }) => `${operation} ${outcome} ${count} ${reason}`),
    [
      'publish failed 3 not connected',
      'publish failed 1 no responders',
      'publish indeterminate 1 timeout',
      'http failed 1 status 503',
    ],
  )
})

test('reasons without end are counted together, and long ones cut', (t) => {
  const reasons = new Reasons()
  for (let port = 0; port < 100; port += 1) reasons.note('http', 'indeterminate', `port ${port}`)
  reasons.note('request', 'failed', 'x'.repeat(10_000))
  const result = reasons.result()
  t.deepEqual(
    result.find(({ reason }) => reason === 'other reasons'),
    { operation: 'http', outcome: 'indeterminate', reason: 'other reasons', count: 80 },
  )
  t.is(result.filter(({ operation }) => operation === 'http').length, 21)
  t.is(result.find(({ operation }) => operation === 'request')!.reason.length, 200)
})
