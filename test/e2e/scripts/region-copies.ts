import { at, consumer, type Iteration, type Phase, partition, region, regions, stream } from 'squall'

const via = process.env.VIA === 'gateways' ? 'gateways' : 'leafnodes'
const mode = process.env.MODE === 'drop' ? 'drop' : 'down'

export const topology = regions({ a: { nodes: 1 }, b: { nodes: 1 } }, { via, links: { 'a-b': { latency: '10ms' } } })
export const streams = [
  stream('ORDERS', { subjects: ['orders.>'] }),
  stream('ORDERS_B', { subjects: ['eu.>'], region: 'b' }),
  stream('COPY', { region: 'b', mirror: { stream: 'ORDERS', region: 'a' } }),
  stream('ALL', { region: 'a', sources: [{ stream: 'ORDERS' }, { stream: 'ORDERS_B' }] }),
]
export const consumers = [
  consumer('near', { stream: 'ORDERS_B' }),
  consumer('far', { stream: 'COPY' }),
  consumer('all', { stream: 'ALL' }),
]
export const phases: Phase[] = [
  {
    name: 'steady',
    duration: '10s',
    rate: 200,
    faults: [at('2s', partition(region('b'), { mode, allowQuorumLoss: true }), { for: '5s', name: 'cut' })],
  },
]
export const thresholds = {
  'publish_success{region:a}': ['rate == 100%'],
  'publish_success{region:b}': ['rate == 100%'],
}
export async function load({ publish }: Iteration) {
  await Promise.all([publish('orders.created', { size: 64 }), publish('eu.created', { size: 64, region: 'b' })])
}
