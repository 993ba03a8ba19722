import { at, consumer, type Iteration, type Phase, partition, region, regions, type SetupContext, stream } from 'squall'

const via = process.env.VIA === 'gateways' ? 'gateways' : 'leafnodes'
const mode = process.env.MODE === 'drop' ? 'drop' : 'down'
const nodes = Number(process.env.NODES ?? 1)
const replicas = nodes
/** Seconds, with two before it. */
const cut = Number(process.env.CUT ?? 5)
const after = Number(process.env.AFTER ?? 3)

export const topology = regions({ a: { nodes }, b: { nodes } }, { via, links: { 'a-b': { latency: '10ms' } } })
export const streams = [
  stream('ORDERS', { subjects: ['orders.>'], replicas }),
  stream('ORDERS_B', { subjects: ['eu.>'], region: 'b', replicas }),
  stream('COPY', { region: 'b', replicas, mirror: { stream: 'ORDERS', region: 'a' } }),
  stream('ALL', { region: 'a', replicas, sources: [{ stream: 'ORDERS' }, { stream: 'ORDERS_B' }] }),
]
export const consumers = [
  consumer('near', { stream: 'ORDERS_B' }),
  consumer('far', { stream: 'COPY' }),
  consumer('all', { stream: 'ALL' }),
]
export const phases: Phase[] = [
  {
    name: 'steady',
    duration: `${2 + cut + after}s`,
    rate: 200,
    faults: [at('2s', partition(region('b'), { mode, allowQuorumLoss: true }), { for: `${cut}s`, name: 'cut' })],
  },
]
/** Puts one copy out of its origins' reach, so that nothing ever comes to it. */
export const setup = process.env.AWAY
  ? async ({ nats }: SetupContext) => {
      const { streams } = await nats.jetstreamManager()
      await streams.delete('ALL')
      const external = { api: '$JS.nowhere.API', deliver: '' }
      await streams.add({ name: 'ALL', sources: ['ORDERS', 'ORDERS_B'].map((name) => ({ name, external })) })
    }
  : undefined
export const thresholds = {
  'publish_success{region:a}': ['rate == 100%'],
  'publish_success{region:b}': ['rate == 100%'],
}
export async function load({ publish }: Iteration) {
  await Promise.all([publish('orders.created', { size: 64 }), publish('eu.created', { size: 64, region: 'b' })])
}
