import { consumer, type Iteration, type Phase, stream } from 'squall'

export const streams = [stream('ORDERS', { subjects: ['orders'] })]
// It never acknowledges what it gets, so that nobody can say that it has done with it.
export const consumers = [consumer('stuck', { stream: 'ORDERS', handler: () => new Promise(() => {}) })]
export const phases: Phase[] = [{ name: 'load', duration: '30s', iterations: 50 }]

export async function load({ publish }: Iteration) {
  await publish('orders', { size: 64 })
}
