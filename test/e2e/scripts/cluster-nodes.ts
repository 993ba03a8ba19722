import {
  at,
  cluster,
  consumer,
  followerOf,
  type Iteration,
  kill,
  lameDuck,
  leaderOf,
  type Phase,
  stream,
} from 'squall'

export const topology = cluster({ nodes: 3 })
export const streams = [stream('ORDERS', { subjects: ['orders.>'], replicas: 3 })]
export const consumers = [consumer('billing', { stream: 'ORDERS' })]
export const phases: Phase[] = [
  { name: 'baseline', duration: '3s', rate: 200 },
  // An election begins 4 to 9 s after the leader was last heard of.
  { name: 'leader', duration: '19s', rate: 200, faults: [at(0, kill(leaderOf('ORDERS')), { for: '12s' })] },
  {
    name: 'follower',
    duration: '9s',
    rate: 200,
    faults: [at(0, kill(followerOf('ORDERS')), { for: '4s', name: 'follower' })],
  },
  { name: 'lame-duck', duration: '12s', rate: 200, faults: [at(0, lameDuck(leaderOf('ORDERS')), { for: '6s' })] },
]
export async function load({ publish }: Iteration) {
  await publish('orders.created', { size: 100 })
}
