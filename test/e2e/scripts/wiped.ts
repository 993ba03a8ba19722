import { at, cluster, type Iteration, kill, leaderOf, type Phase, stream } from 'squall'

// One replica, and the disk that it was on is replaced: whatever was acked before is gone.
export const topology = cluster({ nodes: 3 })
export const streams = [stream('ALONE', { subjects: ['alone'] }), stream('THREE', { subjects: ['three'], replicas: 3 })]

export const phases: Phase[] = [
  {
    name: 'load',
    duration: '7s',
    rate: 50,
    ackTimeout: '1s',
    faults: [at('2s', kill(leaderOf('ALONE'), { wipe: true }), { for: '1s', name: 'disk' })],
  },
]

export async function load({ publish }: Iteration) {
  await Promise.all([publish('alone', { size: 64 }), publish('three', { size: 64 })])
}
