import {
  at,
  cluster,
  down,
  every,
  halves,
  type Iteration,
  latency,
  leaderOf,
  majoritiesRing,
  type Phase,
  stream,
} from 'squall'

export const topology = cluster({ nodes: 5 })
export const streams = [stream('ORDERS', { subjects: ['orders.>'], replicas: 5 })]
export const phases: Phase[] = [
  { name: 'baseline', duration: '3s', rate: 100 },
  {
    name: 'slow',
    duration: '5s',
    rate: 100,
    faults: [at(0, latency({ link: 'routes', delay: '100ms' }), { name: 'slow-routes' })],
  },
  {
    name: 'flapping',
    duration: '6s',
    rate: 100,
    faults: [every('1s', down({ link: 'routes-n1-n2' }), { start: 0, for: '500ms', name: 'flapping', times: 4 })],
  },
  // The half with the leader is the smaller one, and the larger one elects another.
  {
    name: 'halves',
    duration: '20s',
    rate: 100,
    faults: [at(0, halves(leaderOf('ORDERS'), { mode: 'stall' }), { for: '14s' })],
  },
  { name: 'ring', duration: '15s', rate: 100, faults: [at(0, majoritiesRing(), { for: '3s' })] },
]
export async function load({ publish }: Iteration) {
  await publish('orders.created', { size: 100 })
}
