import { fileURLToPath } from 'node:url'
import test from 'ava'
import { plan, planIn } from './project.ts'

const everything = fileURLToPath(new URL('fixtures/everything', import.meta.url))

test.serial('a script with everything becomes a plan of plain data', async (t) => {
  const made = await planIn(everything, { seed: 7, maxLagMs: 25, env: { SQUALL_TEST_PLAN: 'yes' } })
  t.deepEqual(JSON.parse(JSON.stringify(made)), made)
  t.deepEqual(made.options, { seed: 7, timeScale: 1, maxLagMs: 25, env: { SQUALL_TEST_PLAN: 'yes' } })
  t.is(made.script.path, 'test/script/fixtures/everything/script.ts')
  t.deepEqual(made.topology, { kind: 'single', syncInterval: 'always', maxPayload: 2 * 2 ** 20 })
  t.deepEqual(made.hooks, { setup: true, teardown: false, verifyState: false })
  t.deepEqual(made.streams, [
    {
      name: 'ORDERS',
      subjects: ['orders.>'],
      replicas: 1,
      storage: 'file',
      retention: 'limits',
      discard: 'new',
      maxMessages: 1_000_000,
      maxBytes: 1e9,
      maxAgeMs: 3_600_000,
      duplicateWindowMs: 120_000,
    },
    { name: 'AUDIT', subjects: ['audit'], replicas: 1, storage: 'memory', retention: 'workqueue', discard: 'old' },
  ])
  const pull = { kind: 'pull', ack: 'explicit', maxAckPending: 10_000, batch: 500 }
  t.deepEqual(made.consumers, [
    {
      ...pull,
      name: 'billing',
      index: 0,
      stream: 'ORDERS',
      filter: 'orders.created',
      ackWaitMs: 5_000,
      maxDeliver: 3,
      members: 2,
      hasHandler: true,
    },
    {
      ...pull,
      name: 'audit',
      index: 1,
      stream: 'AUDIT',
      ackWaitMs: 30_000,
      maxDeliver: -1,
      members: 1,
      hasHandler: false,
    },
    {
      kind: 'subscription',
      name: 'ticker',
      index: 2,
      subject: 'ticks.*',
      queue: 'tickers',
      members: 2,
      hasHandler: false,
    },
    { kind: 'responder', name: 'greeter', index: 3, subject: 'greet', queue: 'greeter', members: 1, hasHandler: false },
  ])
  t.deepEqual(
    made.metrics.map(({ name, type, unit }) => [name, type, unit]),
    [
      ['orders', 'counter', 'count'],
      ['basket', 'trend', 'bytes'],
    ],
  )
})

test.serial('phases: rates a second, defaults, and firings in order of declaration', async (t) => {
  const made = await planIn(everything)
  const [ramp, faults, users, batch] = made.phases
  t.like(ramp, {
    durationMs: 10_000,
    executor: {
      kind: 'stages',
      startRate: 0,
      stages: [
        { durationMs: 5_000, target: 10 },
        { durationMs: 5_000, target: 50 },
      ],
      arrival: 'poisson',
    },
    gracefulStopMs: 30_000,
    ackTimeoutMs: 5_000,
    thinkTimeMs: 0,
    maxInFlight: 1_000,
    overrun: 'drop',
  })
  t.like(faults, {
    executor: { kind: 'rate', rate: 500, arrival: 'constant' },
    ackTimeoutMs: 2_000,
    // The peak rate for an ack timeout and a second.
    maxInFlight: 1_500,
  })
  t.deepEqual(
    faults!.faults.map(({ id, atMs, forMs }) => [id, atMs, forMs]),
    [
      ['latency:publishers#1', 20_000, 5_000],
      ['latency:publishers#2', 40_000, 5_000],
      ['narrow#1', 30_000, 10_000],
      ['down#1', 50_000, null],
    ],
  )
  t.like(users, { executor: { kind: 'vus', vus: 7 }, maxInFlight: 7, thinkTimeMs: 10, gracefulStopMs: 0 })
  t.like(batch, { executor: { kind: 'iterations', iterations: 100, vus: 3 }, maxInFlight: 3 })
})

test.serial('thresholds: one or several, as text or with options', async (t) => {
  const made = await planIn(everything)
  const tags = { phase: 'faults', window: 'fault', fault: 'narrow' }
  t.is(made.thresholds.length, 5)
  t.like(made.thresholds[0], { metric: 'publish_latency', tags, limit: 20, abortOnFail: false, delayAbortEvalMs: 0 })
  t.like(made.thresholds[1], { expression: 'p(95)<500', abortOnFail: true, delayAbortEvalMs: 10_000 })
  t.like(made.thresholds[2], { selector: 'lost', type: 'counter', operator: '==', limit: 0 })
  t.like(made.thresholds[3], { metric: 'orders', limit: 0 })
  t.like(made.thresholds[4], { metric: 'basket', tags: { shop: 'north' }, limit: 1_000 })
})

test.serial('the time scale shortens phases and moves faults, and leaves timeouts alone', async (t) => {
  const made = await planIn(everything, { timeScale: 0.1 })
  const [ramp, faults, users] = made.phases
  t.is(ramp!.durationMs, 1_000)
  t.like(ramp!.executor, { stages: [{ durationMs: 500 }, { durationMs: 500 }] })
  t.deepEqual(
    faults!.faults.map(({ atMs, forMs }) => [atMs, forMs]),
    [
      [2_000, 500],
      [4_000, 500],
      [3_000, 1_000],
      [5_000, null],
    ],
  )
  t.like(faults, { ackTimeoutMs: 2_000, gracefulStopMs: 30_000 })
  t.is(users!.thinkTimeMs, 10)
})

test.serial('large rates have bounded flight, and small ones enough', async (t) => {
  const made = await plan(
    t,
    `export const phases = [
       { name: 'slow', duration: '1s', rate: '1/h' },
       { name: 'fast', duration: '1s', rate: 1e6 },
       { name: 'own', duration: '1s', rate: 1e6, maxInFlight: 5 },
     ]
     export function load() {}`,
  )
  t.deepEqual(
    made.phases.map(({ maxInFlight }) => maxInFlight),
    [1_000, 200_000, 5],
  )
})

test.serial('helpers may be exported, and a teardown is noted', async (t) => {
  const made = await plan(
    t,
    `export const phases = [{ name: 'a', duration: '1s', rate: 1 }]
     export const teardown = async () => {}
     export const regions = ['eu', 'us']
     export class Basket {}
     export default () => {}`,
  )
  t.deepEqual(made.hooks, { setup: false, teardown: true, verifyState: false })
})
