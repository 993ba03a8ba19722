import { at, external, type Iteration, latency, type Phase, stream } from 'squall'

export const topology = external(JSON.parse(process.env.EXTERNAL!))
export const streams = [stream('ORDERS', { subjects: ['orders.>'], replicas: 3 })]
export const phases: Phase[] = [
  {
    name: 'steady',
    duration: process.env.DURATION ?? '3s',
    rate: 50,
    faults: [at('500ms', latency({ delay: '30ms', link: 'publishers' }), { for: process.env.FAULT ?? '1s' })],
  },
]
export async function load({ publish }: Iteration) {
  await publish('orders.created', { size: 64 })
}
