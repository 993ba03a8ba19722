import {
  at,
  blackhole,
  consumer,
  down,
  type Iteration,
  latency,
  type Phase,
  single,
  stream,
  subscription,
} from 'squall'

// One real nats-server with JetStream, every client behind a proxy.
export const topology = single()

export const streams = [stream('ORDERS', { subjects: ['orders.>'] })]
export const consumers = [consumer('billing', { stream: 'ORDERS' }), subscription('dashboard', { subject: 'ticks.*' })]

// An open loop: 500 iterations are due each second, whatever the server does, and each is measured from when it was due.
export const phases: Phase[] = [
  { name: 'baseline', duration: '5s', rate: 500 },
  {
    name: 'faults',
    duration: '25s',
    rate: 500,
    faults: [
      at('1s', latency({ delay: '50ms' }), { for: '4s', name: 'slow' }),
      at('8s', blackhole({ mode: 'stall' }), { for: '2s', name: 'stall' }),
      at('16s', down(), { for: '2s', name: 'cut' }),
    ],
  },
  { name: 'recovery', duration: '5s', rate: 500 },
]

export const thresholds = {
  'publish_latency{phase:baseline}': ['p99 < 50ms'],
  'publish_service_time{window:fault,fault:slow}': ['p50 > 50ms', 'p50 < 60ms'],
  'publish_success{phase:recovery}': ['rate == 100%'],
  recovery_time: ['max < 10s'],
  lost: ['count == 0'],
}

export async function load({ publish, check }: Iteration) {
  // Core NATS: nobody acknowledges it, and what a cut swallows is gone. Squall counts that.
  publish('ticks.orders', { size: 64 })
  // JetStream, since a stream takes the subject: acked, failed or indeterminate.
  const { outcome } = await publish('orders.created', { size: 256 })
  check('stored', outcome === 'acked')
}
