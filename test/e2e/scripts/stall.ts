import { at, blackhole, type Iteration, type Phase, stream } from 'squall'

export const streams = [stream('ORDERS', { subjects: ['orders.>'] })]

// One user, who arrives 200 times a second whether or not the last publish is done: as in wrk2, service time sees the
// stall once, and only the time from the intended start sees what it did to everybody who came meanwhile.
export const phases: Phase[] = [
  {
    name: 'open',
    duration: '8s',
    rate: 200,
    maxInFlight: 1,
    overrun: 'queue',
    faults: [at('3s', blackhole({ link: 'publishers', mode: 'stall' }), { for: '2s', name: 'stall' })],
  },
]
export const load = ({ publish }: Iteration) => publish('orders.created')
