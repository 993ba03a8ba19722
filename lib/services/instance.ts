import { setTimeout as sleep } from 'node:timers/promises'
import { UserError } from '../errors.ts'
import { formatDuration, now } from '../measure/index.ts'
import { candidatePort, describeExit, type Signal } from '../topology/index.ts'
import { Incarnation } from './incarnation.ts'
import { describeProbe, type ServicePlan } from './plan.ts'
import type { ProbeTarget } from './probe.ts'

/** What a rolling upgrade changes. */
export interface BuildChange {
  readonly command?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

export interface InstanceOptions {
  readonly name: string
  readonly plan: ServicePlan
  /** Program and arguments, placeholders not yet replaced. */
  readonly command: readonly string[]
  /** Of the proxies of its links. */
  readonly natsUrls: readonly string[]
  readonly cwd: string
  readonly logFile: string
  /** Laid over the environment, the reaper's mark included. */
  readonly env: Readonly<Record<string, string>>
  readonly onSpawn: (pid: number) => void
  readonly nats: ProbeTarget['nats']
  /** Ended, and nobody ended it through this. */
  readonly onExit: (instance: Instance) => void
}

const pollMs = 20
const portAttempts = 5
const killDeadlineMs = 5_000
const shownLines = 10
/** Pauses before it is started again after it ended by itself: doubled each time, until it was up once. */
const backoffMs = { least: 250, most: 5_000 }
/** Starts in a row that did not lead to a healthy instance, after which it needs a person. */
const mostFailures = 5

/** One instance of a service, over any number of lives. */
export class Instance {
  readonly #options: InstanceOptions
  #build: BuildChange = {}
  #current: Incarnation | undefined
  #port = candidatePort()
  /** Whether it is meant to run: an end while it is so is its own doing. */
  #wanted = false
  #isPaused = false
  #failures = 0
  #starting: Promise<void> | undefined
  /** Starts after the first, whoever asked for them. */
  restarts = 0
  /** Ends that were its own doing. */
  crashes = 0
  /** It was started again and again and never got well: nobody tries any more. */
  gaveUp = false

  constructor(options: InstanceOptions) {
    this.#options = options
  }

  get name(): string {
    return this.#options.name
  }

  get service(): string {
    return this.#options.plan.name
  }

  /** Of its latest process. */
  get pid(): number | undefined {
    return this.#current?.process.pid
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

  /** What it is started with from now on. */
  change(build: BuildChange): void {
    this.#build = { ...this.#build, ...build, env: { ...this.#build.env, ...build.env } }
  }

  /**
   * Starts it and waits until it is healthy and ready.
   * @throws UserError when it can't be started, ends, or is not up in time; a process that is merely late goes on.
   */
  async start(): Promise<void> {
    if (this.state !== 'down') throw new Error(`${this.name} is already started`)
    this.#wanted = true
    this.gaveUp = false
    this.#failures = 0
    await this.#startOnce()
  }

  /** Its stop signal, its deadline, SIGKILL. Never rejects; safe to call twice. */
  stop(): Promise<void> {
    const { stopSignal, stopDeadlineMs } = this.#options.plan
    return this.#end(stopSignal, stopDeadlineMs)
  }

  kill(): Promise<void> {
    return this.#end('SIGKILL', killDeadlineMs)
  }

  /** SIGKILL, as if it had ended by itself: it is started again if its service says so. */
  crash(): void {
    this.#current?.process.signal('SIGKILL')
  }

  pause(): void {
    if (this.state === 'down') throw new Error(`${this.name} is down and can't be paused`)
    this.#current?.process.signal('SIGSTOP')
    this.#isPaused = true
  }

  resume(): void {
    this.#current?.process.signal('SIGCONT')
    this.#isPaused = false
  }

  /**
   * Replaces it without a gap: the new process is started beside the old one on a port of its own; once it is up,
   * `moved` hands the work over, and then the old one is stopped.
   * @throws UserError when the new one does not come up; the old one then stays.
   */
  surge(moved: (port: number) => Promise<void>): Promise<void> {
    return this.#startOnce(() => this.#surge(moved))
  }

  async #surge(moved: (port: number) => Promise<void>): Promise<void> {
    const old = this.#current
    const next = await this.#spawn(candidatePort())
    try {
      await this.#up(next)
      await moved(next.port)
    } catch (error) {
      await next.end('SIGKILL', killDeadlineMs)
      throw error
    }
    this.#adopt(next)
    this.restarts += 1
    const { stopSignal, stopDeadlineMs } = this.#options.plan
    await old?.end(stopSignal, stopDeadlineMs)
  }

  async #end(signal: Signal, deadlineMs: number): Promise<void> {
    this.#wanted = false
    await this.#current?.end(signal, deadlineMs)
    // One that is between two attempts sees that it is not wanted any more.
    await this.#starting?.catch(() => {})
    await this.#current?.end(signal, deadlineMs)
    this.#isPaused = false
  }

  async #startOnce(start = () => this.#start()): Promise<void> {
    this.#starting = start()
    try {
      await this.#starting
    } finally {
      this.#starting = undefined
    }
  }

  /** On a port that is taken the first start tries others; a later one must be where its callers know it to be. */
  async #start(): Promise<void> {
    const isFirst = this.#current === undefined
    for (let attempt = 1; ; attempt += 1) {
      const life = await this.#spawn(this.port)
      this.#current = life
      if (!isFirst && attempt === 1) this.restarts += 1
      try {
        await this.#up(life)
        this.#adopt(life)
        return
      } catch (error) {
        if (!this.#wanted) await life.end('SIGKILL', killDeadlineMs)
        const collided = life.exit && saysPortTaken(life.process.logTail)
        if (collided && isFirst && attempt < portAttempts && this.#wanted) {
          this.#port = candidatePort()
          this.#current = undefined
          continue
        }
        this.#adopt(life)
        throw error
      }
    }
  }

  async #spawn(port: number): Promise<Incarnation> {
    const { name, plan, natsUrls, cwd, logFile, onSpawn, nats } = this.#options
    const natsUrl = natsUrls.join(',')
    const replaced = (word: string) =>
      word.replaceAll('{port}', String(port)).replaceAll('{nats}', natsUrl).replaceAll('{instance}', name)
    const env = {
      ...plan.env,
      ...this.#build.env,
      ...this.#options.env,
      PORT: String(port),
      NATS_URL: natsUrl,
      SQUALL_INSTANCE: name,
      SQUALL_SERVICE: plan.name,
    }
    return Incarnation.spawn({
      plan,
      command: (this.#build.command ?? this.#options.command).map(replaced),
      target: { instance: name, port, env, cwd, onSpawn, nats },
      logFile,
    })
  }

  #adopt(life: Incarnation): void {
    this.#current = life
    this.#isPaused = false
    void life.process.exited.then(() => {
      life.process.killGroup()
      if (this.#wanted && this.#current === life) void this.#crashed(life)
    })
  }

  async #up(life: Incarnation): Promise<void> {
    const deadline = now() + this.#options.plan.startDeadlineMs
    while (!life.up) {
      if (life.exit || now() >= deadline || !this.#wanted) throw this.#notUp(life)
      await Promise.race([life.process.exited, sleep(pollMs)])
    }
    life.wasUp = true
    this.#failures = 0
  }

  /** Starts it again as its service says, each time later, until it has failed too often. */
  async #crashed(life: Incarnation): Promise<void> {
    const { plan, onExit } = this.#options
    this.crashes += 1
    this.#failures = life.wasUp ? 1 : this.#failures + 1
    if (plan.restart === 'never' || this.#failures > mostFailures) this.gaveUp = true
    onExit(this)
    if (this.gaveUp) return
    await sleep(Math.min(backoffMs.most, backoffMs.least * 2 ** (this.#failures - 1)))
    if (!this.#wanted || this.state !== 'down') return
    // Its end, if it ends, is told by the next life itself.
    await this.#startOnce().catch(() => {})
  }

  /** What is wrong with it, for a person who has to look after it; undefined when it is up or was ended on purpose. */
  get trouble(): string | undefined {
    if (this.up || !this.#wanted || !this.#current) return undefined
    const { exit, reason } = this.#current
    if (exit) return `${this.name} ended by itself (${describeExit(exit)}) ${this.crashes} times`
    return `${this.name} runs and is not well${reason ? ` (${reason})` : ''}`
  }

  #notUp(life: Incarnation): UserError {
    const { plan } = this.#options
    const check = life.healthy ? plan.ready : plan.health
    const how = life.exit
      ? `ended while it was starting (${describeExit(life.exit)})`
      : `was not ${life.healthy ? 'ready' : 'healthy'} within ${formatDuration(plan.startDeadlineMs)}: ${describeProbe(check.probe)} on port ${life.port}${life.reason ? ` (${life.reason})` : ''}`
    const lines = life.process.logTail.slice(-shownLines)
    return new UserError(`${this.name} ${how}. ${lines.length > 0 ? 'It said last:' : 'It said nothing.'}`, {
      frame: lines.join('\n'),
      hint: saysPortTaken(lines)
        ? 'An instance must listen on the port that its PORT variable, or {port} in its command, names.'
        : undefined,
    })
  }
}

function saysPortTaken(lines: readonly string[]): boolean {
  return lines.some((line) => /EADDRINUSE|already in use/i.test(line))
}
