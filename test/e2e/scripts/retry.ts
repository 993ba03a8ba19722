import { at, blackhole, type Iteration, type Phase, stream } from 'squall'

// First acks go missing and messages do not, then both. LONG knows a message id for long enough, SHORT does not; what goes
// to PLAIN is not retried.
export const streams = [
  stream('LONG', { subjects: ['long'] }),
  stream('SHORT', { subjects: ['short'], duplicateWindow: '100ms' }),
  stream('PLAIN', { subjects: ['plain'] }),
]

export const phases: Phase[] = [
  {
    name: 'load',
    duration: '9s',
    rate: 50,
    ackTimeout: '400ms',
    faults: [
      at('1s', blackhole({ mode: 'drop', stream: 'downstream', link: 'publishers' }), { for: '2s', name: 'acks' }),
      at('5s', blackhole({ mode: 'drop', stream: 'both', link: 'publishers' }), { for: '2s', name: 'both' }),
    ],
  },
]

export async function load({ publish }: Iteration) {
  const retry = { times: 60, delay: '300ms' }
  publish('plain', { size: 64 })
  await Promise.all([publish('long', { size: 64, retry }), publish('short', { size: 0, retry })])
}
