import {
  every,
  type Iteration,
  type Phase,
  rollingRestart,
  type SetupContext,
  service,
  type TeardownContext,
} from 'squall'

/**
 * Routers behind a load balancer are restarted one after another, again and again, while orders come in by HTTP and by NATS.
 * None of them may be missed: at least all but one are active at all times, every order has its effect exactly once, and
 * the routing state is what it was.
 *
 *     squall run scripts/rolling-restart.ts                      # 55 minutes
 *     squall run scripts/rolling-restart.ts --time-scale 0.02    # 66 seconds, for CI; programs start as fast as they do
 *
 * ROUTER_INSTANCE_COUNT (3) is the number of routers, ROUTER_LOAD_BALANCER_ENABLED (true) whether HAProxy is in front of them;
 * without it NATS alone shares the work. RATE (40) is orders a second. To roll to another build: NEXT_BUILD=v2.
 */
const instances = wholeFrom('ROUTER_INSTANCE_COUNT', 2, 50) ?? 3
const balanced = flagFrom('ROUTER_LOAD_BALANCER_ENABLED') ?? true
const rate = Number(process.env.RATE ?? 40)
const { NEXT_BUILD } = process.env

const check = { interval: '250ms', rise: 2, fall: 2 } as const
export const services = [
  service('router', {
    entry: './services/router.ts',
    instances,
    env: { BUILD: 'v1' },
    health: { http: '/health', ...check },
    ready: { http: '/ready', ...check },
    effects: { stream: 'ROUTED' },
    state: { kv: ['routes', { bucket: 'numbers', rising: 'last' }], streams: ['ROUTED'] },
    loadBalancer: balanced ? 'haproxy' : 'none',
  }),
]

const roll = rollingRestart('router', {
  pause: `${Math.floor(450 / instances)}s`,
  ...(NEXT_BUILD !== undefined && { to: { env: { BUILD: NEXT_BUILD } } }),
})

export const phases: Phase[] = [
  { name: 'baseline', duration: '5m', rate },
  { name: 'rolling', duration: '40m', rate, faults: [every('20m', roll, { start: '30s', for: '19m' })] },
  { name: 'recovery', duration: '10m', rate },
]

export const thresholds = {
  // At least all but one are active at all times, and in the end all.
  'active_instances{service:router}': [`min >= ${instances - 1}`],
  // Nobody who sends an order sees anything of it …
  ...(balanced && { http_success: ['rate == 100%'] }),
  request_success: ['rate == 100%'],
  // … but that it may take a little longer.
  fault_throughput: ['min > 0.9'],
  instance_restart_time: ['max < 30s'],
}

/** A routing table with something in it: what is for k0 goes elsewhere. */
export async function setup({ nats }: SetupContext): Promise<void> {
  const routes = await nats.jetstream().views.kv('routes')
  await routes.put('default', 'routed.{key}')
  await routes.put('k0', 'routed.first.{key}')
}

export async function load({ http, request, iteration }: Iteration) {
  const key = `k${iteration % 20}`
  const order = JSON.stringify({ iteration })
  // One order in four comes by NATS; without a balancer all do, and a queue group shares them out.
  if (balanced && iteration % 4 > 0) await http(`/orders/${key}`, { method: 'POST', body: order })
  else await request(`route.${key}`, { payload: order, service: 'router' })
}

/**
 * The routers' state is how far each key was counted. It must go on from restart to restart: each number of a key given once, none left
 * out, and the table where the effects are.
 */
export async function verifyState({ nats }: TeardownContext): Promise<string[]> {
  const given = new Map<string, number[]>()
  const jetstream = nats.jetstream()
  const manager = await nats.jetstreamManager()
  const { state } = await manager.streams.info('ROUTED')
  if (state.messages === 0) return ['ROUTED holds no effect']
  const effects = await jetstream.consumers.get('ROUTED')
  for await (const message of await effects.consume()) {
    const { key, number } = message.json<{ key: string; number: number }>()
    given.set(key, [...(given.get(key) ?? []), number])
    if (message.seq >= state.last_seq) break
  }
  const numbers = await jetstream.views.kv('numbers')
  const differences: string[] = []
  for (const [key, all] of given) {
    const entry = await numbers.get(key)
    const last = entry?.json<{ last: number }>().last ?? 0
    const highest = Math.max(...all)
    if (last !== highest) differences.push(`${key}: its effects go up to ${highest}, and the table says ${last}`)
    else if (new Set(all).size !== highest)
      differences.push(`${key}: ${highest} numbers were given, ${new Set(all).size} have an effect`)
    else if (all.length !== highest) differences.push(`${key}: a number was given twice`)
  }
  return differences
}

function wholeFrom(name: string, least: number, most: number): number | undefined {
  const text = process.env[name]
  if (text === undefined) return undefined
  const value = Number(text)
  if (text.trim() !== '' && Number.isInteger(value) && value >= least && value <= most) return value
  throw new Error(`${name} is "${text}"; it must be a whole number from ${least} to ${most}: one is always away`)
}

function flagFrom(name: string): boolean | undefined {
  const text = process.env[name]
  if (text === undefined) return undefined
  if (text === 'true' || text === 'false') return text === 'true'
  throw new Error(`${name} is "${text}"; it must be true or false`)
}
