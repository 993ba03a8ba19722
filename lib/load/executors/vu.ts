import type { NatsConnection } from 'nats'
import { deriveSeed, durationForms, now, randomFrom, sample, toMilliseconds } from '../../measure/index.ts'
import type { HttpClient } from '../http/http.ts'
import type { RequestLedger } from '../http/request-ledger.ts'
import { requestOfService } from '../http/service-request.ts'
import type { Iteration, Load } from '../iteration.ts'
import type { Origin } from '../publish/operation-origin.ts'
import type { Publishers } from '../publish/publishers.ts'
import type { Tagger } from '../tagger.ts'

/** What all iterations of a generator share. */
export interface VuParts {
  readonly load: Load
  readonly publishers: Publishers
  readonly http: HttpClient
  readonly requests: RequestLedger
  readonly tagger: Tagger
  readonly seed: number
  /** What `setup` returned; known before the first iteration. */
  readonly data: unknown
  /** Told of each iteration's end, with what it threw if it did. */
  readonly ended: (vu: Vu, error: unknown) => void
}

/** The phase an iteration belongs to. */
export interface VuPhase {
  readonly index: number
  readonly name: string
  readonly ackTimeoutMs: number
}

/**
 * A virtual user: one slot in which iterations run one after another. What a script gets is made once for each slot and
 * not for each iteration, so that an open loop at a high rate makes little garbage.
 */
export class Vu implements Origin {
  readonly id: number
  readonly #parts: VuParts
  readonly #iteration: Iteration
  #phase!: VuPhase
  #number = 0
  #startedAt = 0
  #random: (() => number) | undefined
  lag = 0
  /** Set when the run stopped waiting for it: what it does from then on counts for nothing. */
  abandoned = false

  constructor(id: number, parts: VuParts) {
    this.id = id
    this.#parts = parts
    this.#iteration = this.#makeIteration()
  }

  get phase(): number {
    return this.#phase.index
  }

  get ackTimeoutMs(): number {
    return this.#phase.ackTimeoutMs
  }

  /** Runs one iteration that was due at `due`, monotonic milliseconds; its end is told to `ended`. */
  run(phase: VuPhase, number: number, due: number): void {
    this.#phase = phase
    this.#number = number
    this.#random = undefined
    this.#startedAt = now()
    this.lag = Math.max(0, this.#startedAt - due)
    let result: unknown
    try {
      result = this.#parts.load(this.#iteration)
    } catch (error) {
      this.#end(error ?? new Error('load threw nothing'))
      return
    }
    if (result instanceof Promise) result.then(this.#fulfilled, this.#rejected)
    else this.#end(undefined)
  }

  readonly #fulfilled = (): void => this.#end(undefined)
  readonly #rejected = (error: unknown): void => this.#end(error ?? new Error('load rejected with nothing'))

  #end(error: unknown): void {
    if (this.abandoned) return
    const { set } = this.#parts.tagger.samples(this.#phase.index, this.#startedAt - this.lag)
    sample(set.trend('iteration_duration'), now() - this.#startedAt)
    set.counter('iterations').count += 1
    if (error !== undefined) set.counter('iteration_errors').count += 1
    this.#parts.ended(this, error)
  }

  #makeIteration(): Iteration {
    const vu = this
    const { publishers, http, requests, tagger, seed, data } = this.#parts
    return {
      publish: (subject, message) => publishers.of(message?.region).publish(vu, subject, message),
      request: (subject, message) =>
        message?.service === undefined
          ? publishers.of(message?.region).request(vu, subject, message)
          : requestOfService({ publisher: publishers.of(message.region), requests, tagger }, vu, subject, message),
      http: (path, request) => http.request(vu, path, request),
      check: (name, condition) => {
        const rate = tagger.current({ check: name }).rate('checks')
        rate.total += 1
        if (condition) rate.trues += 1
        return condition
      },
      sleep: (duration) => {
        const milliseconds = toMilliseconds(duration)
        if (milliseconds === undefined) {
          return Promise.reject(new TypeError(`sleep(${JSON.stringify(duration)}): it must be ${durationForms}`))
        }
        return new Promise((resolve) => setTimeout(resolve, milliseconds))
      },
      random: () => {
        vu.#random ??= randomFrom(deriveSeed(seed, vu.#number))
        return vu.#random()
      },
      get nats(): NatsConnection {
        return publishers.first.client.nats
      },
      get phase() {
        return vu.#phase
      },
      vu: vu.id,
      get iteration() {
        return vu.#number
      },
      data,
    }
  }
}
