import { consumer, type Iteration, type Phase, stream } from 'squall'

export const streams = [stream('ORDERS', { subjects: ['orders.>'] })]
export const consumers = [consumer('billing', { stream: 'ORDERS' })]
export const phases: Phase[] = [{ name: 'only', duration: process.env.DURATION ?? '2s', rate: 100 }]
export const thresholds = { publish_success: 'rate == 100%', lost: 'count == 0' }
export const load = ({ publish }: Iteration) => publish('orders.created')
