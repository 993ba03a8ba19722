import { at, consumer, type Iteration, isolateClients, type Phase, region, regions, stream } from 'squall'

export const topology = regions(
  { a: { nodes: 1, failover: 'b' }, b: { nodes: 1 } },
  { via: process.env.VIA === 'gateways' ? 'gateways' : 'leafnodes' },
)
export const streams = [stream('ORDERS', { subjects: ['orders.>'] })]
export const consumers = [consumer('billing', { stream: 'ORDERS', failover: true })]
export const phases: Phase[] = [
  {
    name: 'steady',
    duration: '6s',
    rate: 100,
    faults: [at('1s', isolateClients(region('a'), { mode: 'down' }), { for: '3s', name: 'alone' })],
  },
]
export async function load({ publish }: Iteration) {
  await publish('orders.created', { size: 64 })
}
