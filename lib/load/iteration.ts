import type { JsMsg, Msg, NatsConnection } from 'nats'
import type { Duration, Size } from '../measure/index.ts'

/** What `load` gets. Its functions do not need `this`: take them apart in the parameter list. */
export interface Iteration {
  /** Publishes one message and measures it from the iteration's intended start. Never rejects for a fault: read `outcome`. */
  readonly publish: (subject: string, message?: Message) => Promise<PublishResult>
  /** Sends a request and measures it from the intended start. Never rejects for a fault: read `outcome`. */
  readonly request: (subject: string, message?: RequestMessage) => Promise<RequestResult>
  /** Sends an HTTP request to a service and measures it from the intended start. Never rejects for a fault: read `outcome`. */
  readonly http: (path: string, request?: HttpRequest) => Promise<HttpResult>
  /** Counts a named check, returns its condition. Failed checks fail a run only through a threshold on `checks`. */
  readonly check: (name: string, condition: boolean) => boolean
  /** Waits; the time counts towards the iteration's duration. */
  readonly sleep: (duration: Duration) => Promise<void>
  /** Uniform in [0, 1), from the run's seed: same seed, same iteration, same numbers. */
  readonly random: () => number
  /** The publisher's connection, for whatever Squall does not measure by itself. */
  readonly nats: NatsConnection
  readonly phase: { readonly name: string; readonly index: number }
  /** Number of the slot that runs this iteration, from 0. */
  readonly vu: number
  /** Number of this iteration in the run, from 0. */
  readonly iteration: number
  /** What `setup` returned. */
  // biome-ignore lint/suspicious/noExplicitAny: the script knows its own setup's type
  readonly data: any
}

export interface Message {
  /** The message itself. Given neither this nor `size`, it is 128 bytes. */
  readonly payload?: string | Uint8Array
  /** Deterministic pseudo-random payload of this size. */
  readonly size?: Size
  readonly headers?: Readonly<Record<string, string>>
  /** `Nats-Msg-Id`: JetStream drops a second message with it within the stream's duplicate window. */
  readonly msgId?: string
  /** Publishes again, with the same message id, until it is acked. Makes an id of its own when `msgId` gives none. */
  readonly retry?: RetryOptions
  /** `'jetstream'` waits for the stream's ack; the default when a stream of the script takes the subject, else `'core'`. */
  readonly mode?: 'jetstream' | 'core'
  /** From which region it is published; the first one by default. */
  readonly region?: string
  /** Tags for this message's samples, to select in thresholds. A few values each: every combination is a series. */
  readonly tags?: Readonly<Record<string, string>>
}

/** How a message is published again that failed or is indeterminate. */
export interface RetryOptions {
  /** Further tries at most; 5 by default. */
  readonly times?: number
  /** Between the end of a try and the next; 500 ms by default. */
  readonly delay?: Duration
}

export interface RequestMessage extends Omit<Message, 'mode' | 'msgId' | 'retry'> {
  /** How long to wait for the reply; 5 seconds by default. */
  readonly timeout?: Duration
  /** The service that answers: the request gets an `x-request-id` as those by HTTP do, and its effect is looked for. */
  readonly service?: string
}

/**
 * The three-way outcome of a publish (docs/outcomes.md): `acked` stored; `sent` core, nobody acknowledges; `failed`
 * known not to be stored; `indeterminate` may or may not be stored.
 */
export type PublishResult =
  | { readonly outcome: 'acked'; readonly stream: string; readonly seq: number; readonly duplicate: boolean }
  | { readonly outcome: 'sent' }
  | { readonly outcome: 'failed' | 'indeterminate'; readonly reason: string }

export type RequestResult =
  | { readonly outcome: 'replied'; readonly message: Msg }
  | { readonly outcome: 'failed' | 'indeterminate'; readonly reason: string }

export interface HttpRequest {
  /** `'GET'` by default, and `'POST'` with a body. */
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** The script's first service by default. */
  readonly service?: string
  /** How long to wait for the whole answer; 5 seconds by default. */
  readonly timeout?: Duration
  readonly tags?: Readonly<Record<string, string>>
}

/**
 * The outcome of an HTTP request: `answered` with a status below 500; `failed` known not to be done (nobody listened, 503);
 * `indeterminate` may or may not be done. `id` is what went out as its `x-request-id`, unique in the run.
 */
export type HttpResult =
  | {
      readonly outcome: 'answered'
      readonly id: string
      readonly status: number
      readonly body: string
      readonly headers: Readonly<Record<string, string | string[] | undefined>>
      /** The instance that answered, where it is known. */
      readonly instance: string | undefined
    }
  | {
      readonly outcome: 'failed' | 'indeterminate'
      readonly id: string
      readonly reason: string
      readonly status?: number
    }

/** The function a script exports as `load`. */
export type Load = (iteration: Iteration) => unknown

/** Called for each message of a `consumer`. When it returns the message is acked; when it throws, nakked. */
export type ConsumerHandler = (message: JsMsg) => void | Promise<void>
/** Called for each message of a `subscription`. */
export type SubscriptionHandler = (message: Msg) => void
/** Called for each request of a `responder`; what it returns is the reply. */
export type ResponderHandler = (message: Msg) => string | Uint8Array | Promise<string | Uint8Array>

/** What `setup` gets; what it returns (structured-cloneable) is every iteration's `data`. */
export interface SetupContext {
  readonly nats: NatsConnection
}

export interface TeardownContext extends SetupContext {
  // biome-ignore lint/suspicious/noExplicitAny: the script knows its own setup's type
  readonly data: any
}
