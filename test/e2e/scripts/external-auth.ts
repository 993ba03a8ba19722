import { consumer, external, type Iteration, type Phase, stream } from 'squall'

export const topology = external(JSON.parse(process.env.EXTERNAL!))
export const streams = [stream('ORDERS', { subjects: ['orders.>'] })]
export const consumers = [consumer('billing', { stream: 'ORDERS' })]
export const phases: Phase[] = [{ name: 'steady', duration: '500ms', rate: 50 }]
export const thresholds = { publish_success: 'rate == 100%', lost: 'count == 0' }
export const load = ({ publish }: Iteration) => publish('orders.created')
