import { at, type Iteration, latency, type Phase, stream } from 'squall'

// Both sides have the fault, so that their windows are the same: 1 ms in one direction unless the side says otherwise.
const delay = process.env.DELAY ?? '1ms'
const slow = latency({ link: 'publishers', stream: 'downstream', delay })

export const streams = [stream('ORDERS', { subjects: ['orders.>'] })]
export const phases: Phase[] = [
  { name: 'slowed', duration: '3s', rate: 100, faults: [at('200ms', slow, { for: '2700ms', name: 'slow' })] },
]
export const load = ({ publish }: Iteration) => publish('orders.created')
