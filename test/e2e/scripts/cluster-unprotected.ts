import { bridge, cluster, every, type Iteration, node, type Phase, restart } from 'squall'

// Servers that tell each other their real addresses dial them once a route through a proxy was lost.
export const topology = cluster({ nodes: 3, protectRoutes: false })
export const phases: Phase[] = [
  {
    name: 'cut',
    duration: '30s',
    rate: 20,
    faults: [
      every('4s', bridge(node('n3'), { mode: 'down', allowQuorumLoss: true }), { start: '1s', for: '3s' }),
      every('4s', restart(node('n3'), { allowQuorumLoss: true }), { start: '2s', for: '500ms' }),
    ],
  },
]
export async function load({ publish }: Iteration) {
  publish('orders.created', { size: 100 })
}
