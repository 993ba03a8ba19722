import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf, UserError } from '../errors.ts'
import { formatDuration, now } from '../measure/index.ts'
import type { Instance } from './instance.ts'
import type { BuildChange } from './launcher.ts'
import type { Service } from './service.ts'

/** How the instances of a service are restarted one after another, as plain data; times in milliseconds. */
export interface RollPlan {
  /** `random` follows from the run's seed. */
  readonly order: 'forward' | 'reverse' | 'random'
  /** From one that is active again to the next. */
  readonly pauseMs: number
  /** Longest from its start until it is active, and longest that is waited for others that are not. */
  readonly waitHealthyMs: number
  /** Longest that requests under way may take before it is stopped. */
  readonly drainMs: number
  /** Instances that may be without work at once, the one that is restarted included. */
  readonly maxUnavailable: number
  /** The new one is started before the old one is stopped. */
  readonly surge: boolean
  /** What they are started with from then on. */
  readonly to: BuildChange
}

/** How one restart went by. Monotonic milliseconds; what never came to pass is absent. */
export interface RollStep {
  readonly instance: string
  /** When its turn came: others that were missing had been waited for. */
  readonly beganAt: number
  /** No request was under way any more; the stop signal went out then. In a surge that is after `startedAt`. */
  readonly drainedAt?: number
  /** Its process had ended. */
  readonly stoppedAt?: number
  /** It was healthy and ready, as probed. */
  readonly startedAt?: number
  /** It took work again. */
  readonly activeAt?: number
  /** It did not end by itself, and was killed at its stop deadline. */
  readonly killed?: boolean
  /** Requests that the balancer lost to it meanwhile: they were under way and never answered. */
  readonly lostRequests?: number
  readonly error?: string
}

const pollMs = 20

/** One rolling restart under way. It stops at the first instance that does not come back; the others go on as they are. */
export class Roll {
  readonly #service: Service
  readonly #plan: RollPlan
  readonly #onStep: (step: RollStep) => void
  readonly #ending = new AbortController()
  readonly #left: Instance[]
  readonly steps: RollStep[] = []
  /** Resolves when it is over, whether or not it came to its end. Never rejects. */
  readonly done: Promise<void>
  /** Why it stopped before its end. A sentence without its point. */
  failure: string | undefined

  /** Begins at once. `instances` are in the order of their turns. */
  constructor(
    service: Service,
    instances: readonly Instance[],
    plan: RollPlan,
    onStep: (step: RollStep) => void = () => {},
  ) {
    this.#service = service
    this.#plan = plan
    this.#onStep = onStep
    this.#left = [...instances]
    this.done = this.#run()
  }

  /** Those whose turn did not come. */
  get left(): string[] {
    return this.#left.map(({ name }) => name)
  }

  /** Finishes the instance under way and begins no other. */
  finish(): Promise<void> {
    this.#ending.abort()
    return this.done
  }

  async #run(): Promise<void> {
    const { signal } = this.#ending
    for (let instance = this.#left[0]; instance && !signal.aborted; instance = this.#left[0]) {
      const allowed = await this.#untilAllowed(instance)
      if (signal.aborted) return
      if (!allowed) return
      this.#left.shift()
      const step = await this.#restart(instance)
      this.steps.push(step)
      this.#onStep(step)
      if (step.error !== undefined) {
        this.failure = step.error
        return
      }
      if (this.#left.length > 0) await sleep(this.#plan.pauseMs, undefined, { signal }).catch(() => {})
    }
  }

  /** Waits until one more may be missing. */
  async #untilAllowed(next: Instance): Promise<boolean> {
    const { maxUnavailable, surge, waitHealthyMs } = this.#plan
    const deadline = now() + waitHealthyMs
    for (;;) {
      const missing = (await this.#service.look()).filter(({ name, active }) => !active && name !== next.name)
      if (missing.length + (surge ? 0 : 1) <= maxUnavailable) return true
      if (this.#ending.signal.aborted) return false
      if (now() >= deadline) {
        const who = missing.map(({ name }) => name).join(', ')
        this.failure = `${next.name} was not restarted: ${who} took no work for ${formatDuration(waitHealthyMs)}, and maxUnavailable is ${maxUnavailable}`
        return false
      }
      await sleep(pollMs)
    }
  }

  async #restart(instance: Instance): Promise<RollStep> {
    const { balancer, state } = this.#service
    await state?.look()
    const { to, surge, drainMs, waitHealthyMs } = this.#plan
    const step: { -readonly [K in keyof RollStep]: RollStep[K] } = { instance: instance.name, beganAt: now() }
    const lostBefore = await this.#lost(instance)
    try {
      instance.change(to)
      let startingAt = now()
      if (surge) {
        await instance.surge(async (port) => {
          step.startedAt = now()
          await this.#service.move(instance, port, drainMs)
          step.drainedAt = now()
        }, waitHealthyMs)
        step.stoppedAt = now()
      } else {
        if (drainMs > 0) await this.#service.drain(instance, drainMs)
        step.drainedAt = now()
        await instance.stop()
        step.stoppedAt = now()
        if (instance.exit?.signal === 'SIGKILL') step.killed = true
        startingAt = now()
        await instance.start(waitHealthyMs)
        step.startedAt = now()
        await balancer?.ready(instance.name)
      }
      if (await this.#service.untilActive(instance, startingAt + waitHealthyMs - now())) step.activeAt = now()
      else step.error = `${instance.name} took no work within ${formatDuration(waitHealthyMs)} after its restart`
    } catch (error) {
      step.error = withLastWords(error)
      // It may yet come back by itself; the balancer's own checks then decide.
      await balancer?.ready(instance.name).catch(() => {})
    }
    await state?.lookAfter(instance)
    const lostAfter = await this.#lost(instance)
    if (lostBefore !== undefined && lostAfter !== undefined) step.lostRequests = lostAfter - lostBefore
    return step
  }

  async #lost({ name }: Instance): Promise<number | undefined> {
    const stats = await this.#service.balancer?.stats().catch(() => undefined)
    return stats?.find((server) => server.name === name)?.lost
  }
}

/** An instance's own last line says more than that it ended. */
function withLastWords(error: unknown): string {
  const said = error instanceof UserError ? error.frame?.trimEnd().split('\n').at(-1) : undefined
  return `${messageOf(error)}${said ? ` ${said}` : ''}`
}
