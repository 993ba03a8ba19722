import { at, consumer, down, type Iteration, type Phase, stream, subscription } from 'squall'

export const streams = [stream('ORDERS', { subjects: ['orders.>'] })]
export const consumers = [consumer('billing', { stream: 'ORDERS' }), subscription('ticker', { subject: 'ticks' })]
export const phases: Phase[] = [
  { name: 'baseline', duration: '3s', rate: 200 },
  { name: 'cut', duration: '12s', rate: 200, faults: [at('1s', down(), { for: '3s', name: 'cut' })] },
]
export async function load({ publish }: Iteration) {
  publish('ticks', { size: 32 })
  await publish('orders.created', { size: 100 })
}
