// Not run: `tsc` checks that a typical script has the types it needs, and that typical mistakes are told in the editor.
import {
  at,
  bandwidth,
  blackhole,
  consumer,
  counter,
  down,
  every,
  flapping,
  gauge,
  type Iteration,
  isolateClients,
  type Load,
  latency,
  limitData,
  lossyLink,
  type Phase,
  partition,
  rate,
  region,
  resetPeer,
  responder,
  roundRobinRegion,
  type SetupContext,
  single,
  slicer,
  slow,
  slowClose,
  stream,
  subscription,
  type TeardownContext,
  type Thresholds,
  trend,
} from '../../lib/index.ts'

export const topology = single({ syncInterval: 'always', maxPayload: '2MiB' })

export const streams = [
  stream('ORDERS', { subjects: ['orders.>'], storage: 'memory', retention: 'workqueue', maxAge: '1h' }),
]

export const consumers = [
  consumer('billing', {
    stream: 'ORDERS',
    ack: 'explicit',
    members: 2,
    handler: async (message) => {
      if (message.info.redelivered) throw new Error(`again: ${message.seq}`)
    },
  }),
  subscription('ticks', { subject: 'ticks.*', handler: (message) => void message.data.length }),
  responder('greeter', { subject: 'greet', handler: (message) => `hello ${message.string()}` }),
]

const delayed = latency({ delay: '50ms', jitter: 5, link: 'publishers', stream: 'both', toxicity: 0.5 })

export const phases: Phase[] = [
  { name: 'rate', duration: '5s', rate: '500/s', arrival: 'poisson', maxInFlight: 10, overrun: 'queue' },
  { name: 'stages', startRate: 10, stages: [{ duration: '5s', target: 100 }], gracefulStop: 0 },
  { name: 'users', duration: 5_000, vus: 10, thinkTime: '10ms' },
  { name: 'batch', duration: '1m', iterations: 100, vus: 5 },
  {
    name: 'faults',
    duration: '5m',
    rate: 100,
    ackTimeout: '2s',
    faults: [
      at('1s', delayed, { for: '5s', name: 'slow' }),
      every('30s', down({ link: 'consumers' }), { for: '2s', start: 0, times: 3 }),
      at(0, bandwidth({ rate: '100KB/s' })),
      at(0, slicer({ averageSize: '1KB', sizeVariation: 100, delay: '1ms' })),
      at(0, slowClose({ delay: '1s' })),
      at(0, limitData({ bytes: '1MB' })),
      at(0, resetPeer()),
      at(0, blackhole({ mode: 'stall' })),
      at(0, slow(region('b'), { from: region('a'), latency: '200ms', bandwidth: '1MB/s' })),
      at(0, lossyLink(region('b'))),
      at(0, flapping(partition(roundRobinRegion('a', 'b')), { on: '1s', off: 500 })),
      at(0, isolateClients(region('b'), { role: 'publishers' })),
    ],
  },
]

export const thresholds: Thresholds = {
  'publish_latency{phase:rate}': ['p99 < 20ms', { threshold: 'p50 < 5ms', abortOnFail: true, delayAbortEval: '5s' }],
  lost: 'count == 0',
}

const orders = counter('orders')
const basket = trend('basket', { unit: 'bytes' })
const open = gauge('open')
const paid = rate('paid')

export async function setup({ nats }: SetupContext) {
  await nats.flush()
  return { customer: 7 }
}

export async function load({ publish, request, check, sleep, random, nats, phase, vu, iteration, data }: Iteration) {
  const published = await publish('orders.created', { size: '1KB', headers: { from: phase.name }, tags: { shop: 'a' } })
  if (published.outcome === 'acked') orders.add(published.seq > 0 ? 1 : 0, { shop: 'a' })
  else if (published.outcome !== 'sent') check(published.reason, false)
  const replied = await request('greet', { payload: `user ${vu} ${data.customer}`, timeout: '2s' })
  if (check('answered', replied.outcome === 'replied') && replied.outcome === 'replied')
    basket.add(replied.message.data.length)
  open.set(nats.stats().outMsgs)
  paid.add(random() > 0.5)
  await sleep(iteration % 10)
}

export async function teardown({ nats, data }: TeardownContext) {
  await nats.request(`bye.${data.customer}`)
}

export const other: Load = ({ publish }) => publish('a')

export const mistakes: (Phase | unknown)[] = [
  // @ts-expect-error two executors
  { name: 'a', duration: '5s', rate: 5, vus: 3 } satisfies Phase,
  // @ts-expect-error no executor
  { name: 'a', duration: '5s' } satisfies Phase,
  // @ts-expect-error no duration
  { name: 'a', rate: 5 } satisfies Phase,
  // @ts-expect-error no name
  { duration: '5s', rate: 5 } satisfies Phase,
  // @ts-expect-error a slip in a key
  { name: 'a', duration: '5s', rate: 5, gracefullStop: '1s' } satisfies Phase,
  // @ts-expect-error an option of a closed loop
  { name: 'a', duration: '5s', rate: 5, thinkTime: '1s' } satisfies Phase,
  // @ts-expect-error an option of an open loop
  { name: 'a', duration: '5s', vus: 5, maxInFlight: 7 } satisfies Phase,
  // @ts-expect-error a fault without a time
  { name: 'a', duration: '5s', rate: 5, faults: [down()] } satisfies Phase,
  // @ts-expect-error a slip in a stage
  { name: 'a', stages: [{ duration: '5s', taget: 5 }] } satisfies Phase,
  // @ts-expect-error a fault without what it needs
  latency({}),
  // @ts-expect-error an option of another fault
  down({ delay: '5s' }),
  // @ts-expect-error a mode that is none
  blackhole({ mode: 'hold' }),
  // @ts-expect-error what flaps is a partition
  flapping(down(), { on: '1s', off: '1s' }),
  // @ts-expect-error a region's name for a target
  isolateClients('b'),
  // @ts-expect-error a slip in an option of at
  at('1s', down(), { fr: '5s' }),
  // @ts-expect-error every without how long
  every('1s', down()),
  // @ts-expect-error a consumer without a stream
  consumer('a', { filter: 'b' }),
  // @ts-expect-error a stream without subjects
  stream('a', { replicas: 3 }),
  // @ts-expect-error one subject for a list
  stream('a', { subjects: 'b' }),
  // @ts-expect-error a unit that is none
  trend('a', { unit: 'ms' }),
]

// @ts-expect-error an outcome that a publish does not have
export const wrong: Load = async ({ publish }) => (await publish('a')).outcome === 'replied'
