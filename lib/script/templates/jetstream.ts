export const jetstream = `import { consumer, type Iteration, type Phase, stream } from 'squall'

// Created before the load. Publishes to its subjects wait for the stream's ack.
export const streams = [stream('ORDERS', { subjects: ['orders.>'] })]

// Reads during the load. Afterwards every acked message must have reached it, or the run fails.
export const consumers = [consumer('billing', { stream: 'ORDERS', filter: 'orders.created' })]

// Each phase has one executor: rate, stages, vus or iterations. With a rate, iterations are due at fixed times and
// latency counts from when each was due, however late it started.
export const phases: Phase[] = [
  { name: 'warm-up', stages: [{ duration: '3s', target: 300 }] },
  { name: 'steady', duration: '10s', rate: 300 },
]

// Metric, with tags if you like → what must hold. A threshold without samples fails.
export const thresholds = {
  'publish_latency{phase:steady}': ['p99 < 100ms'],
  publish_success: ['rate > 99.9%'],
  lost: ['count == 0'],
}

// One iteration. It never throws for a server's fault: read the outcome.
export async function load({ publish, check }: Iteration) {
  const result = await publish('orders.created', { size: 256 })
  check('stored', result.outcome === 'acked')
}
`
