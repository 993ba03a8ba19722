import test from 'ava'
import type { LinkFault } from '../../lib/faults/fault.ts'
import { toxicsFor } from '../../lib/faults/toxics.ts'

const base = { link: 'clients', stream: 'downstream', toxicity: 1 } as const
const only = (fault: LinkFault) => toxicsFor(fault, 'x#1').map(({ type, attributes }) => [type, attributes])

test('each fault is its toxic, in its units', (t) => {
  t.deepEqual(only({ ...base, kind: 'latency', delayMs: 50, jitterMs: 5 }), [['latency', { latency: 50, jitter: 5 }]])
  t.deepEqual(only({ ...base, kind: 'bandwidth', kilobytesPerSecond: 100 }), [['bandwidth', { rate: 100 }]])
  t.deepEqual(only({ ...base, kind: 'slicer', averageSize: 64, sizeVariation: 8, delayUs: 1_500 }), [
    ['slicer', { average_size: 64, size_variation: 8, delay: 1_500 }],
  ])
  t.deepEqual(only({ ...base, kind: 'slowClose', delayMs: 50 }), [['slow_close', { delay: 50 }]])
  t.deepEqual(only({ ...base, kind: 'limitData', bytes: 100 }), [['limit_data', { bytes: 100 }]])
  t.deepEqual(only({ ...base, kind: 'resetPeer', afterMs: 5 }), [['reset_peer', { timeout: 5 }]])
  t.deepEqual(only({ ...base, kind: 'blackhole', mode: 'drop' }), [['timeout', { timeout: 0 }]])
  t.deepEqual(only({ ...base, kind: 'blackhole', mode: 'stall' }), [['bandwidth', { rate: 0 }]])
  t.deepEqual(only({ kind: 'down', link: 'clients' }), [])
})

test('both directions are two toxics, named after the occurrence and fit for a URL', (t) => {
  const toxics = toxicsFor(
    { ...base, stream: 'both', toxicity: 0.5, kind: 'latency', delayMs: 1, jitterMs: 0 },
    'slow:a#2',
  )
  t.deepEqual(
    toxics.map(({ name, stream, toxicity }) => ({ name, stream, toxicity })),
    [
      { name: 'squall-slow:a-2-upstream', stream: 'upstream', toxicity: 0.5 },
      { name: 'squall-slow:a-2-downstream', stream: 'downstream', toxicity: 0.5 },
    ],
  )
  for (const { name } of toxics) t.is(new URL(`http://host/${name}`).pathname, `/${name}`)
})

test('rounding does not turn little into nothing', (t) => {
  t.deepEqual(only({ ...base, kind: 'bandwidth', kilobytesPerSecond: 0.4 }), [['bandwidth', { rate: 1 }]])
  t.deepEqual(only({ ...base, kind: 'latency', delayMs: 2.6, jitterMs: 0 }), [['latency', { latency: 3, jitter: 0 }]])
})
