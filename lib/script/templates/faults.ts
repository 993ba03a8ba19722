export const faults = `import { at, blackhole, consumer, down, type Iteration, latency, type Phase, stream } from 'squall'

export const streams = [stream('ORDERS', { subjects: ['orders.>'] })]
export const consumers = [consumer('billing', { stream: 'ORDERS' })]

// Faults fire at times of their phase. Samples are tagged baseline, fault or recovery, and each fault has percentiles
// of its own. 'clients' are all links; 'publishers' and 'consumers' are some.
export const phases: Phase[] = [
  { name: 'baseline', duration: '5s', rate: 200 },
  {
    name: 'faults',
    duration: '20s',
    rate: 200,
    faults: [
      at('2s', latency({ link: 'publishers', delay: '50ms', jitter: '5ms' }), { for: '3s', name: 'slow' }),
      at('8s', blackhole({ mode: 'stall' }), { for: '2s', name: 'stall' }),
      at('14s', down(), { for: '2s', name: 'cut' }),
    ],
  },
  { name: 'recovery', duration: '5s', rate: 200 },
]

export const thresholds = {
  'publish_latency{phase:baseline}': ['p99 < 100ms'],
  recovery_time: ['max < 10s'],
  lost: ['count == 0'],
}

export async function load({ publish }: Iteration) {
  await publish('orders.created', { size: 256 })
}
`
