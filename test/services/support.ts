import { fileURLToPath } from 'node:url'
import type { ExecutionContext } from 'ava'
import * as v from 'valibot'
import { type FoundBinary, findBinary } from '../../lib/binaries/index.ts'
import {
  type Service,
  type ServiceOptions,
  type Services,
  type ServicesContext,
  service,
  serviceSchema,
  startServices,
} from '../../lib/services/index.ts'
import { contextFor, startEngine, startRig } from '../topology/support.ts'

const web = fileURLToPath(new URL('./fixtures/web.mjs', import.meta.url))

export const fast = { interval: '50ms', timeout: '2s', rise: 1, fall: 2 } as const

/** A service of the fixture program, as a plan. */
export function webPlan(options: Partial<ServiceOptions> = {}) {
  return v.parse(
    serviceSchema,
    service('web', {
      command: [process.execPath, web],
      health: { tcp: true, ...fast },
      ready: { http: '/ready', ...fast },
      loadBalancer: 'none',
      // Many start at once.
      startDeadline: '60s',
      ...options,
    }),
  )
}

export interface ServicesRig {
  readonly services: Services
  readonly service: Service
  readonly exits: string[]
  readonly pids: readonly number[]
}

/** One service on a server of its own; ended with the test. */
export async function startWeb(
  t: ExecutionContext,
  options: Partial<ServiceOptions> = {},
  changes: Partial<ServicesContext> = {},
): Promise<ServicesRig> {
  const engine = await startEngine(t)
  const { topology, toxiproxy } = await startRig(t, engine)
  const { context, pids } = await contextFor(t, engine.url)
  const exits: string[] = []
  const services = await startServices([webPlan(options)], {
    ...context,
    toxiproxy,
    topology,
    bundles: new Map(),
    haproxy: undefined,
    onDown: () => {},
    onExit: ({ name }) => exits.push(name),
    ...changes,
  })
  t.teardown(() => services.stop())
  return { services, service: services.all[0]!, exits, pids }
}

/** Answers what an instance holds back: everybody who asked for `/held`. */
export async function release(url: string): Promise<void> {
  await (await fetch(`${url}/release`, { headers: { connection: 'close' } })).arrayBuffer()
}

/** HAProxy, or undefined where there is none and none is required. */
export async function haproxyBinary(t: ExecutionContext): Promise<FoundBinary | undefined> {
  const found = await findBinary('haproxy')
  if (!found && process.env.SQUALL_REQUIRE_REAL) throw new Error('there is no haproxy, and SQUALL_REQUIRE_REAL is set')
  if (!found) {
    t.log('skipped: there is no haproxy here; `squall setup` as root installs it')
    t.pass()
  }
  return found
}
