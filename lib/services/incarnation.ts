import { now } from '../measure/index.ts'
import { ManagedProcess, type ProcessExit, type Signal } from '../topology/index.ts'
import { Health } from './health.ts'
import type { ServicePlan } from './plan.ts'
import type { ProbeTarget } from './probe.ts'

export interface IncarnationOptions {
  readonly plan: Pick<ServicePlan, 'health' | 'ready'>
  readonly command: readonly string[]
  readonly target: ProbeTarget
  readonly logFile: string
}

/** One life of an instance: a process, its port, and whether it is well. */
export class Incarnation {
  readonly process: ManagedProcess
  readonly port: number
  readonly startedAt = now()
  readonly #health: Health
  readonly #ready: Health
  /** When it was first seen healthy and ready. */
  upAt: number | undefined

  private constructor(process: ManagedProcess, { plan, target }: IncarnationOptions) {
    this.process = process
    this.port = target.port
    this.#health = new Health(plan.health, target)
    this.#ready = plan.ready === plan.health ? this.#health : new Health(plan.ready, target)
    this.#health.start()
    this.#ready.start()
    void process.exited.then(() => this.#endChecks())
  }

  /** @throws UserError when the program can't be started. */
  static async spawn(options: IncarnationOptions): Promise<Incarnation> {
    const [program, ...args] = options.command
    const { env, cwd, onSpawn } = options.target
    const process = await ManagedProcess.spawn(program!, args, { env, cwd, onSpawn, logFile: options.logFile })
    return new Incarnation(process, options)
  }

  get exit(): ProcessExit | undefined {
    return this.process.exit
  }

  /** Its process runs and answers well. */
  get healthy(): boolean {
    return !this.exit && this.#health.up
  }

  /** Healthy, and wants work. */
  get up(): boolean {
    return this.healthy && this.#ready.up
  }

  /** What its checks last had against it. */
  get reason(): string | undefined {
    return this.#health.up ? this.#ready.reason : this.#health.reason
  }

  /** SIGCONT, the signal, SIGKILL at the deadline; then nothing of it is left. Never rejects. */
  async end(signal: Signal, deadlineMs: number): Promise<void> {
    await this.process.end(signal, deadlineMs)
    // What it started and left behind in its group goes with it.
    this.process.killGroup()
    await this.#endChecks()
  }

  async #endChecks(): Promise<void> {
    await Promise.all([this.#health.stop(), this.#ready.stop()])
  }
}
