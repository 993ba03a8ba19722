import { cluster, type Iteration, type Phase, stream } from 'squall'

export const topology = cluster({ nodes: 3 })
export const streams = [stream('ORDERS', { subjects: ['orders.>'], replicas: 3 })]
export const phases: Phase[] = [{ name: 'steady', duration: '1m', rate: 100 }]
export async function load({ publish }: Iteration) {
  await publish('orders.created', { size: 100 })
}
