import { at, consumer, type Iteration, latency, type Phase, stream } from 'squall'

export const streams = [stream('ORDERS', { subjects: ['orders.>'] })]
export const consumers = [consumer('billing', { stream: 'ORDERS' })]
export const phases: Phase[] = [
  { name: 'baseline', duration: '3s', rate: 200 },
  {
    name: 'faults',
    duration: '7s',
    rate: 200,
    faults: [at('1s', latency({ link: 'publishers', delay: '50ms' }), { for: '3s', name: 'slow' })],
  },
]
export const thresholds = {
  'publish_service_time{window:fault}': ['p50 >= 50ms', 'p50 < 100ms'],
  'publish_acked{phase:baseline}': 'count == 600',
}
export const load = ({ publish }: Iteration) => publish('orders.created', { size: 100 })
