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
  pause,
  restart,
  stream,
} from 'squall'

export const topology = cluster({ nodes: 3 })
export const streams = [stream('ORDERS', { subjects: ['orders.>'], replicas: 3 })]
export const consumers = [consumer('billing', { stream: 'ORDERS', ackWait: '4s' })]
export const phases: Phase[] = [
  { name: 'baseline', duration: '2s', rate: 200 },
  // An election begins 4 to 9 s after the leader was last heard of.
  {
    name: 'leader',
    duration: '19s',
    rate: 200,
    faults: [at(0, kill(leaderOf('ORDERS')), { for: '14s', name: 'leader' })],
  },
  {
    name: 'follower',
    duration: '6s',
    rate: 200,
    faults: [at(0, kill(followerOf('ORDERS')), { for: '3s', name: 'follower' })],
  },
  { name: 'lame-duck', duration: '8s', rate: 200, faults: [at(0, lameDuck(leaderOf('ORDERS')), { for: '5s' })] },
  { name: 'pause', duration: '6s', rate: 200, faults: [at(0, pause(followerOf('ORDERS')), { for: '3s' })] },
  // A disk that was replaced: all of the stream has to come from the others.
  { name: 'wipe', duration: '6s', rate: 200, faults: [at(0, restart(followerOf('ORDERS'), { wipe: true }))] },
]
export async function load({ publish }: Iteration) {
  await publish('orders.created', { size: 100 })
}
