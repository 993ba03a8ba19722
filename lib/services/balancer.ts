import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FoundBinary } from '../binaries/index.ts'
import { UserError } from '../errors.ts'
import { now } from '../measure/index.ts'
import { candidatePort, describeExit, ManagedProcess, type ProcessOptions } from '../topology/index.ts'
import { haproxyConfig } from './haproxy-config.ts'
import { haproxyChange, haproxyCommand, parseStats, type ServerStats, underWayAt } from './haproxy-control.ts'
import type { Instance } from './instance.ts'
import type { ServicePlan } from './plan.ts'

export interface BalancerOptions extends ProcessOptions {
  readonly binary: FoundBinary
  readonly plan: ServicePlan
  readonly instances: readonly Instance[]
}

const portAttempts = 5
const startDeadlineMs = 10_000
const stopDeadlineMs = 2_000
const pollMs = 20

/** A real HAProxy in front of one service's instances. */
export class Balancer {
  readonly #process: ManagedProcess
  readonly #socket: string
  readonly #service: string
  /** By instance: what was lost once stays lost, and a look may see too little. */
  readonly #lost = new Map<string, number>()
  readonly #drained = new Set<string>()
  readonly port: number

  private constructor(process: ManagedProcess, socket: string, service: string, port: number) {
    this.#process = process
    this.#socket = socket
    this.#service = service
    this.port = port
  }

  /**
   * Starts HAProxy in front of instances that run; resolves when it takes all of them for up.
   * @throws UserError
   */
  static async start(options: BalancerOptions): Promise<Balancer> {
    for (let attempt = 1; ; attempt += 1) {
      const balancer = await Balancer.#spawn(options)
      try {
        await balancer.#untilUp(options.instances.length)
        return balancer
      } catch (error) {
        const log = balancer.#process.logTail
        await balancer.stop()
        const collided = log.some((line) => /cannot bind socket|already in use/i.test(line))
        if (collided && attempt < portAttempts) continue
        throw error
      }
    }
  }

  static async #spawn({ binary, plan, instances, ...options }: BalancerOptions): Promise<Balancer> {
    const socket = join(options.cwd, `${plan.name}.sock`)
    const port = candidatePort()
    const servers = instances.map(({ name, port }) => ({ name, port }))
    const path = join(options.cwd, `${plan.name}.haproxy.cfg`)
    await writeFile(path, haproxyConfig({ service: plan.name, port, socket, check: plan.ready, servers }))
    const process = await ManagedProcess.spawn(binary.path, ['-db', '-f', path], options)
    return new Balancer(process, socket, plan.name, port)
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  get pid(): number {
    return this.#process.pid
  }

  /** Resolves when it has ended, whoever ended it. */
  get exited() {
    return this.#process.exited
  }

  get logTail(): readonly string[] {
    return this.#process.logTail
  }

  /** @throws Error when it does not answer. */
  async stats(): Promise<ServerStats[]> {
    const stats = parseStats(await haproxyCommand(this.#socket, 'show stat'), this.#service)
    return stats.map((server) => {
      const lost = Math.max(server.lost, this.#lost.get(server.name) ?? 0)
      this.#lost.set(server.name, lost)
      return { ...server, lost }
    })
  }

  /** New requests go elsewhere; those under way are finished. */
  drain(instance: string): Promise<unknown> {
    this.#drained.add(instance)
    return this.#set(instance, 'state drain')
  }

  /** It gets requests as soon as its checks say so. */
  ready(instance: string): Promise<unknown> {
    this.#drained.delete(instance)
    return this.#set(instance, 'state ready')
  }

  isDrained(instance: string): boolean {
    return this.#drained.has(instance)
  }

  /** Share of the work relative to the others'; 1 is what all begin with, 0 to 256. */
  weight(instance: string, weight: number): Promise<unknown> {
    return this.#set(instance, `weight ${weight}`)
  }

  /** New requests, and its checks, go to another port. */
  move(instance: string, port: number): Promise<unknown> {
    return this.#set(instance, `addr 127.0.0.1 port ${port}`)
  }

  /** Requests under way that it gave to whoever listens on the port. */
  async underWayAt(port: number): Promise<number> {
    return underWayAt(await haproxyCommand(this.#socket, 'show sess all'), port)
  }

  stop(): Promise<void> {
    return this.#process.end('SIGTERM', stopDeadlineMs)
  }

  #set(instance: string, what: string): Promise<unknown> {
    return haproxyChange(this.#socket, `set server ${this.#service}/${instance} ${what}`)
  }

  async #untilUp(count: number): Promise<void> {
    const deadline = now() + startDeadlineMs
    while (now() < deadline && !this.#process.exit) {
      const stats = await this.stats().catch(() => [])
      if (stats.length === count && stats.every(({ status }) => status === 'UP')) return
      await Promise.race([this.#process.exited, sleep(pollMs)])
    }
    const { exit, logTail } = this.#process
    const how = exit ? `ended while it was starting (${describeExit(exit)})` : 'did not take all instances for up'
    throw new UserError(`HAProxy for service ${this.#service} ${how}`, { frame: logTail.slice(-10).join('\n') })
  }
}
