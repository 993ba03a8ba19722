import { setTimeout as sleep } from 'node:timers/promises'
import { UserError } from '../errors.ts'
import { now } from '../measure/index.ts'
import { plural } from '../plural.ts'
import { candidatePort, describeExit, type ProcessExit, type Signal } from '../topology/index.ts'
import type { Incarnation } from './incarnation.ts'
import { type BuildChange, Launcher, type LaunchOptions } from './launcher.ts'
import { notUp, saysPortTaken } from './not-up.ts'
import type { ServicePlan } from './plan.ts'
import { longestPauseMs, RestartPolicy } from './restart-policy.ts'

export interface InstanceOptions extends LaunchOptions {
  /** Its process ended, whoever ended it, and no other one has its place. */
  readonly onDown: (instance: Instance) => void
  /** Ended, and nobody ended it through this. */
  readonly onExit: (instance: Instance) => void
}

const pollMs = 20
const portAttempts = 5
const killDeadlineMs = 5_000

/** One instance of a service, over any number of lives. */
export class Instance {
  readonly #options: InstanceOptions
  readonly #launcher: Launcher
  readonly #policy: RestartPolicy
  #current: Incarnation | undefined
  #port = candidatePort()
  /** Whether it is meant to run: an end while it is so is its own doing. */
  #wanted = false
  #isPaused = false
  #isCrashLooping = false
  #starting: Promise<void> | undefined
  /** Starts after the first, whoever asked for them. */
  restarts = 0

  constructor(options: InstanceOptions) {
    this.#options = options
    this.#launcher = new Launcher(options)
    this.#policy = new RestartPolicy(options.plan.restart)
  }

  get name(): string {
    return this.#options.name
  }

  get plan(): ServicePlan {
    return this.#options.plan
  }

  /** Of its latest process. */
  get pid(): number | undefined {
    return this.#current?.process.pid
  }

  /** `NAME=value`s in the environment of all that it starts. */
  get mark(): readonly string[] {
    return this.#launcher.mark
  }

  /** Final after the first start, but for surges. */
  get port(): number {
    return this.#current?.port ?? this.#port
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  get state(): 'running' | 'paused' | 'down' {
    if (!this.#current || this.#current.exit) return 'down'
    return this.#isPaused ? 'paused' : 'running'
  }

  /** Healthy and ready, as probed. */
  get up(): boolean {
    return this.#current?.up ?? false
  }

  get logTail(): readonly string[] {
    return this.#current?.process.logTail ?? []
  }

  get exit() {
    return this.#current?.exit
  }

  /** When its latest process was sent SIGKILL, monotonic milliseconds; undefined when it was not. */
  get killedAt(): number | undefined {
    return this.#current?.process.killedAt
  }

  /** Ends that were its own doing. */
  get crashes(): number {
    return this.#policy.crashes
  }

  /** How the last of them went, the newest last. */
  get exits(): readonly ProcessExit[] {
    return this.#policy.exits
  }

  get gaveUp(): boolean {
    return this.#policy.gaveUp
  }

  /** Longest from an end of its own to being up again, if it comes up at its next start. */
  get longestBackMs(): number {
    return longestPauseMs + this.plan.startDeadlineMs
  }

  /** What it is started with from now on. */
  change(build: BuildChange): void {
    this.#launcher.change(build)
  }

  /**
   * Starts it and waits until it is healthy and ready.
   * @throws UserError when it can't be started, ends, or is not up in time; a process that is merely late goes on.
   */
  async start(deadlineMs = this.plan.startDeadlineMs): Promise<void> {
    // A rolling restart and the heal of a fault may both want it back.
    if (this.#starting) return this.#starting
    if (this.state !== 'down') throw new Error(`${this.name} is already started`)
    this.#wanted = true
    this.#policy.reset()
    await this.#startOnce(() => this.#start(deadlineMs))
  }

  /** Its stop signal, its deadline, SIGKILL. Never rejects; safe to call twice. */
  stop(): Promise<void> {
    const { stopSignal, stopDeadlineMs } = this.plan
    return this.#end(stopSignal, stopDeadlineMs)
  }

  kill(): Promise<void> {
    return this.#end('SIGKILL', killDeadlineMs)
  }

  /** SIGKILL, as if it had ended by itself: it is started again if its service says so. */
  crash(): void {
    this.#current?.process.signal('SIGKILL')
  }

  /** While it is on, it crashes now and each time it comes up. */
  set crashLoop(isOn: boolean) {
    this.#isCrashLooping = isOn
    if (isOn) this.crash()
  }

  async pause(): Promise<void> {
    if (this.state === 'down') throw new Error(`${this.name} is down and can't be paused`)
    this.#isPaused = true
    await this.#current?.process.pause()
  }

  resume(): void {
    this.#current?.process.signal('SIGCONT')
    this.#isPaused = false
  }

  /**
   * Replaces it without a gap: the new process is started beside the old one on a port of its own; once it is up,
   * `moved` hands the work over, and then the old one is stopped. One that is down is brought back.
   * @throws UserError when the new one does not come up; the old one then stays.
   */
  surge(moved: (port: number) => Promise<void>, deadlineMs = this.plan.startDeadlineMs): Promise<void> {
    this.#wanted = true
    this.#policy.reset()
    return this.#startOnce(() => this.#surge(moved, deadlineMs))
  }

  /** What is wrong with it, for a person who has to look after it; undefined when it is up or was ended on purpose. */
  get trouble(): string | undefined {
    if (this.up || !this.#wanted || !this.#current) return undefined
    const { exit, reason } = this.#current
    if (!exit) return `${this.name} runs and is not well${reason ? ` (${reason})` : ''}`
    const how = [...new Set(this.exits.map(describeExit))].join(', ')
    const end = this.gaveUp ? ' and is not started again' : ''
    return `${this.name} ended by itself (${how}) ${plural(this.crashes, 'time')}${end}`
  }

  async #surge(moved: (port: number) => Promise<void>, deadlineMs: number): Promise<void> {
    const old = this.#current
    const next = await this.#beside(deadlineMs)
    try {
      await moved(next.port)
    } catch (error) {
      await next.end('SIGKILL', killDeadlineMs)
      throw error
    }
    this.#adopt(next)
    this.restarts += 1
    const { stopSignal, stopDeadlineMs } = this.plan
    await old?.end(stopSignal, stopDeadlineMs)
  }

  /** Another life of it that is up, on a port that nobody else has. */
  async #beside(deadlineMs: number): Promise<Incarnation> {
    for (let attempt = 1; ; attempt += 1) {
      const next = await this.#launcher.spawn(candidatePort())
      try {
        await this.#up(next, deadlineMs)
        return next
      } catch (error) {
        await next.end('SIGKILL', killDeadlineMs)
        if (!collided(next) || attempt === portAttempts) throw error
      }
    }
  }

  async #end(signal: Signal, deadlineMs: number): Promise<void> {
    this.#wanted = false
    await this.#current?.end(signal, deadlineMs)
    // One that is between two attempts sees that it is not wanted any more.
    await this.#starting?.catch(() => {})
    await this.#current?.end(signal, deadlineMs)
    this.#isPaused = false
  }

  async #startOnce(start: () => Promise<void>): Promise<void> {
    this.#starting = start()
    try {
      await this.#starting
    } finally {
      this.#starting = undefined
    }
  }

  /** On a port that is taken the first start tries others; a later one must be where its callers know it to be. */
  async #start(deadlineMs: number): Promise<void> {
    const isFirst = this.#current === undefined
    for (let attempt = 1; ; attempt += 1) {
      const life = await this.#launcher.spawn(this.port)
      this.#current = life
      if (!isFirst && attempt === 1) this.restarts += 1
      try {
        await this.#up(life, deadlineMs)
        this.#adopt(life)
        return
      } catch (error) {
        if (!this.#wanted) await life.end('SIGKILL', killDeadlineMs)
        if (collided(life) && isFirst && attempt < portAttempts && this.#wanted) {
          this.#port = candidatePort()
          this.#current = undefined
          continue
        }
        this.#adopt(life)
        throw error
      }
    }
  }

  #adopt(life: Incarnation): void {
    this.#current = life
    this.#isPaused = false
    void life.process.exited.then((exit) => {
      life.process.killGroup()
      if (this.#current !== life) return
      this.#options.onDown(this)
      if (this.#wanted) void this.#crashed(life, exit)
    })
    if (this.#isCrashLooping && life.up) this.crash()
  }

  async #up(life: Incarnation, deadlineMs: number): Promise<void> {
    const deadline = now() + deadlineMs
    while (!life.up) {
      if (!this.#wanted)
        throw new UserError(`${this.name} was ended while it was starting: by another fault, or with the run`)
      if (life.exit || now() >= deadline) throw notUp(this.name, this.plan, life, deadlineMs)
      await Promise.race([life.process.exited, sleep(pollMs)])
    }
    life.upAt ??= now()
  }

  /** Starts it again as its service says, each time later, until it has failed too often. */
  async #crashed(life: Incarnation, exit: ProcessExit): Promise<void> {
    const delayMs = this.#policy.ended(exit, life.upAt === undefined ? 0 : now() - life.upAt)
    this.#options.onExit(this)
    if (delayMs === undefined) return
    await sleep(delayMs)
    if (!this.#wanted || this.state !== 'down' || this.#starting) return
    // Its end, if it ends, is told by the next life itself.
    await this.#startOnce(() => this.#start(this.plan.startDeadlineMs)).catch(() => {})
  }
}

function collided(life: Incarnation): boolean {
  return life.exit !== undefined && saysPortTaken(life.process.logTail)
}
