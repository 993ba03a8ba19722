import test from 'ava'
import { describePlan } from '../../lib/script/index.ts'
import { plan } from './project.ts'

test.serial('a plan in words: what it starts, its phases, when its faults fire, its thresholds', async (t) => {
  const made = await plan(
    t,
    `import { at, bandwidth, blackhole, consumer, every, latency, responder, single, slicer, stream, subscription } from 'squall'
export const topology = single()
export const streams = [stream('ORDERS', { subjects: ['orders.>', 'returns'], storage: 'memory' })]
export const consumers = [
  consumer('billing', { stream: 'ORDERS', filter: 'orders.*', ack: 'none' }),
  subscription('ticks', { subject: 'ticks.*', queue: 'q', members: 3 }),
  responder('greeter', { subject: 'greet' }),
]
export const phases = [
  { name: 'hourly', duration: '1h', rate: '30/h', maxInFlight: 5, overrun: 'queue' },
  { name: 'ramp', startRate: 10, stages: [{ duration: '30s', target: 1_000 }, { duration: 0, target: 0 }], arrival: 'poisson' },
  { name: 'users', duration: '1m30s', vus: 1, thinkTime: '250ms' },
  {
    name: 'batch', duration: '10m', iterations: 5_000, vus: 20,
    faults: [
      every('4m', latency({ delay: '50ms', jitter: 5, link: 'publishers', toxicity: 0.5 }), { for: '10s' }),
      at('1m', blackhole({ mode: 'stall', stream: 'upstream' }), { name: 'stall' }),
      at('2m', bandwidth({ rate: '100KB/s' }), { for: '1h' }),
      at('3m', slicer({ averageSize: '1KB', delay: '2ms' }), { for: '5s' }),
    ],
  },
]
export const thresholds = { lost: [{ threshold: 'count == 0', abortOnFail: true }], 'publish_latency{phase:ramp}': 'p99 < 20ms' }
export const setup = () => {}
export const load = () => {}
`,
    { timeScale: 1, seed: 42 },
  )
  t.is(
    describePlan({ ...made, script: { path: 'day.ts', sha256: '0123456789abcdef' } }),
    `script    day.ts  sha256 0123456789ab
seed      42
starts    1 nats-server (n1), 2 proxied links, topology single()
links     publishers-n1, consumers-n1
stream    ORDERS on orders.>, returns, memory, R1
consumer  billing: pull on stream ORDERS (orders.*), ack none
consumer  ticks: subscription on ticks.*, 3 members
consumer  greeter: responder on greet
calls     setup()

phases, 1h12m in all
  hourly      1h  30/h, constant arrivals; at most 5 in flight, others wait
  ramp       30s  from 10/s to 1,000/s in 30s, at once 0/s, poisson arrivals; at most 6,000 in flight
  users    1m30s  1 user in a closed loop, thinking 250ms
  batch      10m  5,000 iterations by 20 users

faults
   1h3m  stall#1               blackhole stall upstream on clients                                      until 1h12m     (batch)
   1h4m  bandwidth#1           bandwidth 100KB/s downstream on clients                                  until 1h12m     (batch)
   1h5m  slicer#1              slicer 1KB every 2ms downstream on clients                               until 1h5m5s    (batch)
   1h6m  latency:publishers#1  latency 50ms jitter 5ms downstream on publishers for 50% of connections  until 1h6m10s   (batch)
  1h10m  latency:publishers#2  latency 50ms jitter 5ms downstream on publishers for 50% of connections  until 1h10m10s  (batch)

thresholds
  lost: count == 0, aborts the run
  publish_latency{phase:ramp}: p99 < 20ms
`,
  )
})

test.serial('services in words: what is started, what is in front of it, and whose turn comes when', async (t) => {
  const made = await plan(
    t,
    `import { at, rollingRestart, service } from 'squall'
export const services = [
  service('router', {
    command: ['node', 'router.js'],
    instances: 3,
    health: { http: '/health', interval: '250ms' },
    ready: { tcp: true, timeout: '2s', rise: 1, fall: 3 },
    effects: { stream: 'DONE' },
    state: { kv: ['routes', { bucket: 'numbers', rising: 'last' }], streams: ['DONE'] },
  }),
  service('worker', { command: ['node'], loadBalancer: 'none', restart: 'never' }),
]
export const phases = [{ name: 'a', duration: '1m', rate: 1, faults: [
  at('1s', rollingRestart('router', { order: 'reverse', pause: '5s' })),
  at('30s', rollingRestart('worker', { order: 'random', drain: 0 }), { name: 'workers' }),
] }]
export const load = () => {}
export const verifyState = () => []
`,
  )
  const lines = describePlan(made).split('\n')
  t.deepEqual(
    lines.slice(
      lines.findIndex((line) => line.startsWith('service')),
      lines.indexOf(''),
    ),
    [
      'service   router: 3 instances of node router.js (router-1, router-2, router-3)',
      'checks    health GET /health every 250ms within 1s, up after 2, down after 2; ready a TCP connection every 500ms within 2s, up after 1, down after 3',
      'balancer  HAProxy in front of router, asks a TCP connection',
      'links     router-1-n1, router-2-n1, router-3-n1',
      'effects   in DONE, by id',
      'state     bucket routes, bucket numbers, stream DONE: before and after each restart',
      'service   worker: 2 instances of node (worker-1, worker-2), not started again when one ends',
      'checks    health and ready a TCP connection every 500ms within 1s, up after 2, down after 2',
      'balancer  none in front of worker',
      'links     worker-1-n1, worker-2-n1',
      'roll      roll: router-3 → router-2 → router-1, at most 1 away, drained up to 10s, pause 5s',
      'roll      workers: worker-1, worker-2 in an order that follows from the seed, at most 1 away, not drained',
      'calls     verifyState()',
    ],
  )
})

test.serial('regions in words: what each maps', async (t) => {
  const made = await plan(
    t,
    `import { regions } from 'squall'
export const topology = regions({ a: { nodes: 1 }, b: { nodes: 1, mappings: { 'orders.*': 'eu.orders.$1', 'audit.>': 'eu.audit.>' } } })
export const phases = [{ name: 'a', duration: '1m', rate: 1 }]
export const load = () => {}
`,
  )
  t.deepEqual(
    describePlan(made)
      .split('\n')
      .filter((line) => line.startsWith('mapping')),
    ['mapping   region b: orders.* as eu.orders.$1', 'mapping   region b: audit.> as eu.audit.>'],
  )
})
