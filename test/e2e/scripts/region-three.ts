import { allRegions, at, consumer, type Iteration, type Phase, partition, region, regions, stream } from 'squall'

const via = process.env.VIA === 'leafnodes' ? 'leafnodes' : 'gateways'

/** Three regions that copy each other; the third one is cut off, then all of them. */
export const topology = regions({ a: { nodes: 1 }, b: { nodes: 1 }, c: { nodes: 1 } }, { via })
export const streams = [
  stream('ORDERS_A', { subjects: ['orders.a'], region: 'a' }),
  stream('ORDERS_B', { subjects: ['orders.b'], region: 'b' }),
  stream('A_FROM_B', { region: 'a', mirror: { stream: 'ORDERS_B' } }),
  stream('B_FROM_A', { region: 'b', mirror: { stream: 'ORDERS_A' } }),
  stream('C_FROM_ALL', { region: 'c', sources: [{ stream: 'ORDERS_A' }, { stream: 'ORDERS_B' }] }),
]
export const consumers = ['A_FROM_B', 'B_FROM_A', 'C_FROM_ALL'].map((name) =>
  consumer(name.toLowerCase(), { stream: name }),
)
export const phases: Phase[] = [
  {
    name: 'one',
    duration: '10s',
    rate: 100,
    faults: [at('2s', partition(region('c')), { for: '5s', name: 'cut' })],
  },
  {
    name: 'all',
    duration: '6s',
    rate: 100,
    faults: [at('1s', partition(allRegions(), { allowQuorumLoss: true }), { for: '3s', name: 'alone' })],
  },
]
export const thresholds = {
  'publish_success{region:a}': ['rate == 100%'],
  'publish_success{region:b}': ['rate == 100%'],
  lost: ['count == 0'],
}
export async function load({ publish }: Iteration) {
  await Promise.all([publish('orders.a', { size: 64 }), publish('orders.b', { size: 64, region: 'b' })])
}
