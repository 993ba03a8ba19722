import type { NatsConnection } from 'nats'
import type { BucketPlan, StatePlan } from './plan.ts'
import { differenceOf, worseKeys } from './state-difference.ts'
import { type BucketState, StateReader } from './state-reading.ts'

/** What a service kept, and did not keep, over the restarts of its instances. */
export interface StateFindings {
  readonly buckets: readonly string[]
  readonly streams: readonly string[]
  /** Times that everything was read. */
  readonly looks: number
  /** Times that something could not be read. */
  readonly failedLooks: number
  /** The first ones. Sentences without their point: `numbers: k3 went back from 57 to 2, after router-1 was restarted`. */
  readonly differences: readonly string[]
  readonly count: number
  /** Why the last look failed; absent when it did not. */
  readonly unread?: string
}

const mostKept = 50
/**
 * Of more keys at once that got worse, the reading's word is taken. That is not rare for a few hundred: a key that is written while a
 * bucket is read may be missing from the reading, because nats-server counts what is left to read too low then.
 */
const mostAsked = 10_000
const askedAtOnce = 100

/**
 * Compares what a service stores, look by look: before and after each restart, and at the end. What was there and is gone, or
 * went back, is a difference, and is told once.
 */
export class StateWatch {
  readonly #plan: StatePlan
  readonly #reader: StateReader
  readonly #buckets = new Map<string, BucketState>()
  readonly #sequences = new Map<string, number>()
  /** By instance, how many of its restarts were looked after. */
  readonly #restarts = new Map<string, number>()
  readonly #differences: string[] = []
  #since: string | undefined
  #looking: Promise<void> = Promise.resolve()
  #looks = 0
  #failedLooks = 0
  #count = 0
  #unread: string | undefined

  constructor(plan: StatePlan, nats: () => Promise<NatsConnection>) {
    this.#plan = plan
    this.#reader = new StateReader(nats)
  }

  /** One look at a time; resolves when this one is done. Never rejects. */
  look(): Promise<void> {
    this.#looking = this.#looking.then(() => this.#look())
    return this.#looking
  }

  /** A look after an instance's restart, whoever asks for it first. Never rejects. */
  async lookAfter({ name, restarts }: { readonly name: string; readonly restarts: number }): Promise<void> {
    if (restarts <= (this.#restarts.get(name) ?? 0)) return
    this.#restarts.set(name, restarts)
    // What an earlier look has yet to find is not this one's doing.
    await this.#looking
    this.#since = name
    await this.look()
  }

  get findings(): StateFindings {
    return {
      buckets: this.#plan.kv.map(({ bucket }) => bucket),
      streams: this.#plan.streams,
      looks: this.#looks,
      failedLooks: this.#failedLooks,
      differences: this.#differences,
      count: this.#count,
      ...(this.#unread !== undefined && { unread: this.#unread }),
    }
  }

  async #look(): Promise<void> {
    try {
      for (const bucket of this.#plan.kv) await this.#lookAtBucket(bucket)
      for (const stream of this.#plan.streams) await this.#lookAtStream(stream)
      this.#looks += 1
      this.#unread = undefined
    } catch (error) {
      // Servers may be away on purpose: what is stored on them is looked at next time.
      this.#failedLooks += 1
      this.#unread = (error as Error).message
    }
  }

  async #lookAtBucket(plan: BucketPlan): Promise<void> {
    const { bucket } = plan
    const before = this.#buckets.get(bucket)
    const after = await this.#reader.bucket(plan)
    if (!after) {
      if (before || this.#looks === 0) this.#tell(`bucket ${bucket} is not there${before ? ' any more' : ''}`)
      this.#buckets.delete(bucket)
      return
    }
    const known = new Map(after)
    this.#buckets.set(bucket, known)
    const worse = worseKeys(before ?? new Map(), after)
    for (let from = 0; from < worse.length; from += askedAtOnce) {
      const keys = worse.slice(from, from + askedAtOnce)
      const states = from < mostAsked ? await Promise.all(keys.map((key) => this.#reader.key(plan, key))) : []
      for (const [index, key] of keys.entries()) {
        const is = from < mostAsked ? states[index] : after.get(key)
        if (is) known.set(key, is)
        const told = differenceOf(before!.get(key)!, is)
        if (told !== undefined) this.#tell(`${bucket}: ${key} ${told}`)
      }
    }
  }

  async #lookAtStream(stream: string): Promise<void> {
    const before = this.#sequences.get(stream)
    const after = await this.#reader.lastSequence(stream)
    if (after === undefined) {
      if (before !== undefined || this.#looks === 0) {
        this.#tell(`stream ${stream} is not there${before === undefined ? '' : ' any more'}`)
      }
      this.#sequences.delete(stream)
      return
    }
    this.#sequences.set(stream, after)
    if (before !== undefined && after < before) {
      this.#tell(`stream ${stream} went back from sequence ${before} to ${after}`)
    }
  }

  #tell(difference: string): void {
    this.#count += 1
    if (this.#differences.length >= mostKept) return
    const when = this.#since === undefined ? 'before any restart' : `after ${this.#since} was restarted`
    this.#differences.push(`${difference}, ${when}`)
  }
}
