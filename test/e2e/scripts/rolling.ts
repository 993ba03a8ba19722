import {
  at,
  crashLoop,
  down,
  instance,
  kill,
  latency,
  type Phase,
  pause,
  restart,
  rollingRestart,
  service,
  stop,
} from 'squall'

/** The scenario of scripts/rolling-restart.ts in seconds, with a router of the test's choice. */
import * as scenario from '../../../scripts/rolling-restart.ts'

export { load, setup, verifyState } from '../../../scripts/rolling-restart.ts'

const {
  VARIANT,
  DRAIN = '10s',
  WORK_MS = '0',
  ACCEPT_MS = '0',
  NEXT = '{}',
  LASTS = '25s',
  FAULT = 'roll',
} = process.env
const [router] = scenario.services
const check = { interval: '100ms', timeout: '2s', rise: 1, fall: 2 } as const

export const services = [
  service('router', {
    ...router,
    entry: VARIANT === undefined ? '../../../scripts/services/router.ts' : '../services/faulty-router.ts',
    env: { WORK_MS, ACCEPT_MS, ...(VARIANT !== undefined && { ROUTER_VARIANT: VARIANT }) },
    health: { http: '/health', ...check },
    ready: { http: '/ready', ...check },
  }),
]

const roll = rollingRestart('router', { drain: DRAIN, to: { env: JSON.parse(NEXT) } })
const faultsOf = {
  roll: [at('1s', roll)],
  kill: [at('1s', kill(instance('router-2')), { for: '4s' })],
  'crash-loop': [at('1s', crashLoop(instance('router-2')))],
  single: [
    at('1s', down({ link: 'router-1' }), { for: '3s', name: 'cut' }),
    at('7s', latency({ link: 'router-2', delay: '300ms' }), { for: '3s', name: 'slow' }),
    at('13s', pause(instance('router-3')), { for: '3s' }),
    at('19s', stop(instance('router-1')), { for: '2s' }),
    at('24s', restart(instance('router-2')), { for: '1s' }),
  ],
}
const faults = faultsOf[FAULT as keyof typeof faultsOf]
export const phases: Phase[] = [
  { name: 'baseline', duration: '2s', rate: 40 },
  { name: 'rolling', duration: LASTS, rate: 40, faults },
]

// What a loaded machine may take longer for is none of these.
const { 'active_instances{service:router}': active, http_success, request_success } = scenario.thresholds
export const thresholds = {
  'active_instances{service:router}': active,
  ...(http_success && { http_success }),
  request_success,
}
