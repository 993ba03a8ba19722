import {
  at,
  flapping,
  type Iteration,
  isolateClients,
  lossyLink,
  type Phase,
  partition,
  region,
  regions,
  responder,
  slow,
  stream,
} from 'squall'

const via = process.env.VIA === 'gateways' ? 'gateways' : 'leafnodes'

export const topology = regions(
  { a: { nodes: 1 }, b: { nodes: 1 } },
  { via, protectRoutes: process.env.PROTECT !== 'no', links: { 'a-b': { latency: '20ms', jitter: '2ms' } } },
)
export const streams = [stream('ORDERS', { subjects: ['orders.>'] })]
export const consumers = [
  responder('price-a', { subject: 'price', queue: 'price', region: 'a' }),
  responder('price-b', { subject: 'price', queue: 'price', region: 'b' }),
  responder('tax', { subject: 'tax', handler: async () => 'none' }),
]
export const phases: Phase[] = [
  {
    name: 'steady',
    duration: '8s',
    rate: 200,
    faults: [at('2s', partition(region('b'), { mode: 'down', allowQuorumLoss: true }), { for: '4s', name: 'cut' })],
  },
  {
    name: 'worse',
    duration: '11s',
    rate: 200,
    faults: [
      at('500ms', slow(region('b'), { latency: '100ms', bandwidth: '1MB/s' }), { for: '1500ms' }),
      at('2500ms', lossyLink(region('b'), { every: '500ms' }), { for: '1500ms' }),
      at('4500ms', flapping(partition(region('b'), { mode: 'stall' }), { on: '400ms', off: '300ms' }), { for: '2s' }),
      // Nobody publishes there.
      at('7s', isolateClients(region('b')), { for: '3500ms' }),
    ],
  },
]
export async function load({ publish, request, iteration }: Iteration) {
  const asks = iteration % 10 === 0 ? ['price', 'tax'] : []
  const ask = (what: string) => request(what, { region: 'b', timeout: '1s', tags: { what } })
  await Promise.all([publish('orders.created', { size: 64 }), ...asks.map(ask)])
}
