import { at, type Iteration, instance, kill, type Phase, service } from 'squall'

/** One that starts a child of its own, and hides it from whoever only ends the process that was started. */
const parent = service('parent', {
  command: [
    'sh',
    '-c',
    `sleep 611 & exec "$0" -e 'require("http").createServer().listen(process.env.PORT)'`,
    process.execPath,
  ],
  health: { tcp: true },
  loadBalancer: 'none',
})

export const services = [
  service('router', {
    entry: '../../../scripts/services/router.ts',
    instances: Number(process.env.INSTANCES ?? 3),
    health: { http: '/health', interval: '100ms', rise: 1, timeout: '2s' },
    ready: { http: '/ready', interval: '100ms', rise: 1, timeout: '2s' },
    loadBalancer: process.env.BALANCER === 'none' ? 'none' : 'haproxy',
  }),
  ...(process.env.PARENT === undefined ? [] : [parent]),
]

export const phases: Phase[] = [
  { name: 'calm', duration: '2s', rate: 50 },
  { name: 'killed', duration: '4s', rate: 50, faults: [at('1s', kill(instance('router-2')), { for: '2s' })] },
]

export const thresholds = {
  'active_instances{service:router}': ['min >= 2', 'max == 3'],
  // Those of the phase that are so late that they see the next one's fault are not calm.
  'http_success{phase:calm,window:baseline}': ['rate == 100%'],
}

export async function load({ http, check, iteration }: Iteration) {
  const result = await http(`/orders/k${iteration % 5}`, { method: 'POST', body: `{"n":${iteration}}` })
  if (result.outcome === 'answered') check('accepted', result.status === 202 && result.instance !== undefined)
}
