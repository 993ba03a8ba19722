import {
  at,
  cluster,
  followerOf,
  isolate,
  type Iteration,
  kill,
  majority,
  node,
  oneWay,
  type Phase,
  stream,
} from 'squall'

export const topology = cluster({ nodes: 3 })
export const streams = [stream('ORDERS', { subjects: ['orders.>'], replicas: 3 })]
export const phases: Phase[] = [
  { name: 'baseline', duration: '2s', rate: 200 },
  {
    name: 'isolate',
    duration: '8s',
    rate: 200,
    faults: [at(0, isolate(followerOf('ORDERS'), { mode: 'down' }), { for: '4s' })],
  },
  {
    name: 'one-way',
    duration: '8s',
    rate: 200,
    faults: [at(0, oneWay(node('n2'), { hearers: node('n3') }), { for: '4s' })],
  },
  {
    name: 'majority',
    duration: '18s',
    rate: 200,
    faults: [at(0, kill(majority(), { allowQuorumLoss: true }), { for: '6s' })],
  },
]
export async function load({ publish }: Iteration) {
  await publish('orders.created', { size: 100 })
}
