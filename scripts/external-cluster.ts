import { at, consumer, external, followerOf, type Iteration, isolate, latency, type Phase, stream } from 'squall'

/**
 * A cluster that is there already, such as that of compose.yaml: slow publishers, then a follower cut off from the others.
 * Against a cluster that Squall starts, only the topology would be another: `cluster({ nodes: 3 })`.
 *
 *     scripts/compose/prepare.sh && docker compose up --build --detach
 *     squall run scripts/external-cluster.ts
 */
export const topology = external({
  servers: { n1: 'nats://127.0.0.1:4221', n2: 'nats://127.0.0.1:4222', n3: 'nats://127.0.0.1:4223' },
  monitoring: { n1: 'http://127.0.0.1:8221', n2: 'http://127.0.0.1:8222', n3: 'http://127.0.0.1:8223' },
  toxiproxy: 'http://127.0.0.1:8474',
})

export const streams = [stream('ORDERS', { subjects: ['orders.>'], replicas: 3 })]
export const consumers = [consumer('billing', { stream: 'ORDERS' })]

export const phases: Phase[] = [
  { name: 'baseline', duration: '5s', rate: 100 },
  {
    name: 'faults',
    duration: '20s',
    rate: 100,
    faults: [
      at('1s', latency({ delay: '50ms', link: 'publishers' }), { for: '4s', name: 'slow' }),
      at('10s', isolate(followerOf('ORDERS')), { for: '4s', name: 'cut-off' }),
    ],
  },
  { name: 'recovery', duration: '5s', rate: 100 },
]

export const thresholds = {
  lost: ['count == 0'],
  stream_lost: ['count == 0'],
}

export async function load({ publish }: Iteration) {
  await publish('orders.created', { size: 256 })
}
