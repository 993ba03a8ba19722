import { allNodes, at, cluster, consumer, type Iteration, kill, type Phase, stream } from 'squall'

/**
 * All nodes of a cluster are killed at once, and started again from what is on their disks. What was acknowledged must be
 * there: in the stream with a replica on each node, and in the one that has a single replica.
 *
 *     squall run scripts/kill-all.ts
 *
 * It proves that acknowledged messages had left the server's process. It does not prove that they would survive a power
 * loss: the kernel keeps what a killed process had written, synced or not (docs/outcomes.md). SYNC_INTERVAL sets how often
 * the servers sync to disk, `always` before each ack; the report says which it was.
 */
export const topology = cluster({
  nodes: 3,
  ...(process.env.SYNC_INTERVAL && { syncInterval: process.env.SYNC_INTERVAL }),
})
export const streams = [
  stream('ORDERS', { subjects: ['orders.>'], replicas: 3 }),
  stream('NOTES', { subjects: ['notes.>'], replicas: 1 }),
]
export const consumers = [consumer('billing', { stream: 'ORDERS' })]

export const phases: Phase[] = [
  { name: 'baseline', duration: '5s', rate: 200 },
  {
    name: 'outage',
    duration: '12s',
    rate: 200,
    faults: [at('1s', kill(allNodes(), { allowQuorumLoss: true }), { for: '3s', name: 'all' })],
  },
  { name: 'recovery', duration: '5s', rate: 200 },
]

export const thresholds = {
  'publish_success{phase:baseline}': ['rate == 100%'],
  'publish_success{phase:recovery}': ['rate > 99%'],
  recovery_time: ['max < 20s'],
  lost: ['count == 0'],
}

export async function load({ publish }: Iteration) {
  await Promise.all([publish('orders.created', { size: 256 }), publish('notes.added', { size: 256 })])
}
