import { setTimeout as sleep } from 'node:timers/promises'
import { now } from '../measure/index.ts'
import { ProcessWatch } from '../observe/index.ts'
import type { InstanceRecord, ServiceRecord } from '../report/index.ts'
import type { Instance, InstanceView, Service } from '../services/index.ts'
import { describeExit } from '../topology/index.ts'
import type { Recording } from './recording.ts'
import type { Windows } from './windows.ts'

/** A look at who is active is cheap, and a gap between two restarts may be short. */
const lookMs = 250
/** Resources are read with every fourth look. */
const looksPerUse = 4

interface Seen {
  readonly instance: Instance
  readonly process: ProcessWatch
  /** Milliseconds that were looked at, and of them those in which it took work. */
  watchedMs: number
  activeMs: number
  restarts: number
  view: InstanceView | undefined
  readonly cpus: { sum: number; count: number }
  maxRssBytes: number | undefined
  maxFds: number | undefined
}

interface WatchedService {
  readonly service: Service
  readonly seen: readonly Seen[]
  leastActive: number
}

/** Watches the services while the load runs, and makes metrics and a part of the report of it. */
export class ServiceWatch {
  readonly #services: readonly WatchedService[]
  readonly #recording: Recording
  readonly #windows: Windows
  readonly #origin: number
  readonly #log: (text: string) => void
  readonly #stopping = new AbortController()
  #running: Promise<unknown> | undefined
  #troubles: ReadonlyMap<string, string | undefined> | undefined

  constructor(
    services: readonly Service[],
    recording: Recording,
    windows: Windows,
    origin: number,
    log: (text: string) => void,
  ) {
    this.#recording = recording
    this.#windows = windows
    this.#origin = origin
    this.#log = log
    this.#services = services.map((service) => ({
      service,
      leastActive: service.instances.length,
      seen: service.instances.map((instance) => ({
        instance,
        process: new ProcessWatch(),
        watchedMs: 0,
        activeMs: 0,
        restarts: instance.restarts,
        view: undefined,
        cpus: { sum: 0, count: 0 },
        maxRssBytes: undefined,
        maxFds: undefined,
      })),
    }))
  }

  start(): void {
    this.#running ??= Promise.all(this.#services.map((watched) => this.#watch(watched)))
  }

  /** An instance ended by itself. */
  ended({ name, exit, gaveUp }: Instance): void {
    const how = describeExit(exit)
    this.#log(`${name} ended by itself (${how})${gaveUp ? '; it is not started again' : ''}`)
  }

  /** Ends at once, and notes what is wrong now. Never rejects. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running
    this.#troubles = new Map(
      this.#services.flatMap(({ seen }) => seen.map(({ instance }) => [instance.name, instance.trouble])),
    )
  }

  result(): ServiceRecord[] {
    return this.#services.map(({ service, seen, leastActive }) => ({
      name: service.name,
      balancer: service.plan.loadBalancer.kind,
      leastActive,
      instances: seen.map((one) => this.#record(one)),
    }))
  }

  async #watch(watched: WatchedService): Promise<void> {
    const { signal } = this.#stopping
    await sleep(Math.max(0, this.#origin - now()), undefined, { signal }).catch(() => {})
    let before = this.#origin
    for (let look = 0; !signal.aborted; look += 1) {
      const views = await watched.service.look()
      if (signal.aborted) return
      const at = now()
      const elapsed = Math.max(0, at - before)
      before = at
      const span = this.#windows.spanAt(at)
      const tags = { ...(span && this.#windows.tags(span)), service: watched.service.name }
      const { aggregate } = this.#recording
      const active = views.filter((view) => view.active).length
      watched.leastActive = Math.min(watched.leastActive, active)
      aggregate.record('active_instances', tags, active)
      for (const [index, seen] of watched.seen.entries()) {
        const view = views[index]!
        seen.view = view
        // What is seen now stands for the time since the look before: on a busy machine looks are not evenly spaced.
        seen.watchedMs += elapsed
        if (view.active) seen.activeMs += elapsed
        const own = { ...tags, instance: view.name }
        aggregate.record('instance_active', own, view.active ? 1 : 0)
        const more = seen.instance.restarts - seen.restarts
        if (more > 0) aggregate.record('instance_restarts', own, more)
        seen.restarts += more
        if (look % looksPerUse === 0) await useOf(seen)
      }
      await sleep(lookMs, undefined, { signal }).catch(() => {})
    }
  }

  #record({ instance, watchedMs, activeMs, view, cpus, maxRssBytes, maxFds }: Seen): InstanceRecord {
    const { name, restarts, crashes, exit, logTail } = instance
    const trouble = this.#troubles?.get(name)
    const balancer = view?.balancer
    return {
      name,
      activeShare: watchedMs > 0 ? activeMs / watchedMs : 0,
      restarts,
      crashes,
      ...(balancer && {
        requests: balancer.requests,
        lostRequests: balancer.connectionErrors + balancer.responseErrors,
      }),
      ...(cpus.count > 0 && { cpu: cpus.sum / cpus.count }),
      ...(maxRssBytes !== undefined && { maxRssBytes }),
      ...(maxFds !== undefined && { maxFds }),
      ...(exit && { exit }),
      ...(trouble !== undefined && { trouble }),
      logTail: logTail.slice(-20),
    }
  }
}

async function useOf(seen: Seen): Promise<void> {
  const { cpu, rssBytes, fds } = await seen.process.look(seen.instance.pid, now())
  if (cpu !== undefined) {
    seen.cpus.sum += cpu
    seen.cpus.count += 1
  }
  if (rssBytes !== undefined) seen.maxRssBytes = Math.max(seen.maxRssBytes ?? 0, rssBytes)
  if (fds !== undefined) seen.maxFds = Math.max(seen.maxFds ?? 0, fds)
}
