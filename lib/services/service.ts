import { setTimeout as sleep } from 'node:timers/promises'
import { now } from '../measure/index.ts'
import type { Balancer } from './balancer.ts'
import { type ServerStats, takesWork } from './haproxy-control.ts'
import type { Instance } from './instance.ts'
import type { ServicePlan } from './plan.ts'
import type { StateWatch } from './state-watch.ts'

/** How one instance is doing at one time. */
export interface InstanceView {
  readonly name: string
  /** Healthy and ready, as probed. */
  readonly probed: boolean
  /** HAProxy's word, where there is one and it answered. */
  readonly balancer: ServerStats | undefined
  /** Takes work: as probed, and as the balancer sees it where there is one. */
  readonly active: boolean
}

const pollMs = 20

export interface ServiceParts {
  readonly plan: ServicePlan
  readonly instances: readonly Instance[]
  /** Where Squall runs one. */
  readonly balancer?: Balancer
  /** Of what it stores, where it says what. */
  readonly state?: StateWatch
}

/** A running service: its instances, and what is in front of them and watched of them. */
export class Service {
  readonly plan: ServicePlan
  readonly instances: readonly Instance[]
  readonly balancer: Balancer | undefined
  readonly state: StateWatch | undefined

  constructor({ plan, instances, balancer, state }: ServiceParts) {
    this.plan = plan
    this.instances = instances
    this.balancer = balancer
    this.state = state
  }

  get name(): string {
    return this.plan.name
  }

  /** Where requests go: the balancer, or each instance in turn. */
  get urls(): string[] {
    if (this.plan.loadBalancer.kind === 'url') return [this.plan.loadBalancer.url]
    return this.balancer ? [this.balancer.url] : this.instances.map(({ url }) => url)
  }

  /** Looks at every instance. A balancer that does not answer sees none as active. */
  async look(): Promise<InstanceView[]> {
    const stats = this.balancer ? await this.balancer.stats().catch(() => []) : undefined
    return this.instances.map(({ name, up, state }) => {
      const seen = stats?.find((server) => server.name === name)
      // Probes of one that was stopped a moment ago have not failed yet.
      const probed = up && state === 'running'
      return { name, probed, balancer: seen, active: probed && (!stats || (seen !== undefined && takesWork(seen))) }
    })
  }

  async isActive(instance: Instance): Promise<boolean> {
    return (await this.look()).some(({ name, active }) => name === instance.name && active)
  }

  /** Resolves with true once it is active; false at the deadline. */
  async untilActive(instance: Instance, timeoutMs: number, signal?: AbortSignal): Promise<boolean> {
    const deadline = now() + timeoutMs
    while (!(await this.isActive(instance))) {
      if (now() >= deadline || signal?.aborted || instance.gaveUp) return false
      await sleep(pollMs)
    }
    return true
  }

  /**
   * Milliseconds from an instance's end, noticed just now, until the balancer sends nothing more to it. Undefined where it was
   * drained before, was up again first, or there is no balancer.
   */
  async untilEjected(instance: Instance, signal: AbortSignal): Promise<number | undefined> {
    if (!this.balancer || this.balancer.isDrained(instance.name)) return undefined
    const since = instance.killedAt ?? now()
    while (!signal.aborted && !instance.up) {
      const stats = await this.balancer.stats().catch(() => undefined)
      const seen = stats?.find(({ name }) => name === instance.name)
      if (seen && !takesWork(seen)) return now() - since
      await sleep(pollMs)
    }
    return undefined
  }

  /** Sends new work elsewhere and waits until what it has is done, at most so long. Without a balancer there is nothing to do. */
  async drain(instance: Instance, timeoutMs: number): Promise<void> {
    if (!this.balancer) return
    await this.balancer.drain(instance.name)
    const deadline = now() + timeoutMs
    while (now() < deadline) {
      const stats = await this.balancer.stats()
      const seen = stats.find(({ name }) => name === instance.name)
      if (!seen || seen.sessions + seen.queued === 0) return
      await sleep(pollMs)
    }
  }

  /** Gives an instance's work to another port, and waits until what the one before has is done, at most so long. */
  async move(instance: Instance, port: number, timeoutMs: number): Promise<void> {
    const { balancer } = this
    if (!balancer) return
    const before = instance.port
    await balancer.move(instance.name, port)
    const deadline = now() + timeoutMs
    // The new one has the work: not to know how far the old one is, is no reason to end it.
    while (now() < deadline && (await balancer.underWayAt(before).catch(() => 1)) > 0) await sleep(pollMs)
  }

  async stop(): Promise<void> {
    await this.balancer?.stop()
    await Promise.all(this.instances.map((instance) => instance.stop()))
  }
}
