import { at, type Iteration, type Phase, partition, region, regions, stream } from 'squall'

const via = process.env.VIA === 'gateways' ? 'gateways' : 'leafnodes'

export const topology = regions(
  { a: { nodes: 1 }, b: { nodes: 1 } },
  { via, protectRoutes: process.env.PROTECT !== 'no', links: { 'a-b': { latency: '20ms', jitter: '2ms' } } },
)
export const streams = [stream('ORDERS', { subjects: ['orders.>'] })]
export const phases: Phase[] = [
  {
    name: 'steady',
    duration: '8s',
    rate: 200,
    faults: [at('2s', partition(region('b'), { mode: 'down', allowQuorumLoss: true }), { for: '4s', name: 'cut' })],
  },
]
export async function load({ publish }: Iteration) {
  await publish('orders.created', { size: 64 })
}
