import {
  at,
  cluster,
  followerOf,
  type Iteration,
  isolate,
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
    duration: '6s',
    rate: 200,
    faults: [at(0, isolate(followerOf('ORDERS'), { mode: 'down' }), { for: '3s' })],
  },
  {
    name: 'one-way',
    duration: '5s',
    rate: 200,
    faults: [at(0, oneWay(node('n2'), { hearers: node('n3') }), { for: '2s' })],
  },
  {
    name: 'majority',
    duration: '18s',
    rate: 200,
    faults: [at(0, kill(majority(), { allowQuorumLoss: process.env.REFUSE === undefined }), { for: '6s' })],
  },
]
export async function load({ publish }: Iteration) {
  await publish('orders.created', { size: 100 })
}
