import { build } from '../../call-site.ts'
import type { Duration, Size } from '../../measure/index.ts'
import type { ConsumerHandler, ResponderHandler, SubscriptionHandler } from '../iteration.ts'

interface StreamSettings {
  /** Where its replicas are; the first region by default. */
  readonly region?: string
  /** 1 by default. */
  readonly replicas?: number
  /** `'file'` by default. */
  readonly storage?: 'file' | 'memory'
  /** `'limits'` by default. */
  readonly retention?: 'limits' | 'interest' | 'workqueue'
  /** `'old'` by default. */
  readonly discard?: 'old' | 'new'
  readonly maxMessages?: number
  readonly maxBytes?: Size
  readonly maxAge?: Duration
  /** Within it a repeated `msgId` is dropped; nats-server's default is two minutes. */
  readonly duplicateWindow?: Duration
}

/** A stream of the script that another one copies. */
export interface OriginOptions {
  readonly stream: string
  /** The stream's own. */
  readonly region?: string
  /** Only messages of this subject, wildcards allowed. */
  readonly filter?: string
  /** The subject that they have in the copy: `eu.$1.>` for a filter `orders.*.>`. Needs nats-server 2.10. */
  readonly to?: string
}

/** A stream has subjects that are published to, or is a copy of other streams of the script. */
export type StreamOptions = StreamSettings &
  (
    | { readonly subjects: readonly string[] }
    /** Copies that stream, sequences included. */
    | { readonly mirror: OriginOptions }
    /** Merges those streams into this one. */
    | { readonly sources: readonly OriginOptions[] }
  )

/** A JetStream stream, created before the load. Publishes to its subjects wait for its ack. */
export function stream(name: string, options: StreamOptions) {
  return build('stream', { name }, options)
}
export type StreamInput = ReturnType<typeof stream>

export interface ConsumerOptions {
  readonly stream: string
  /** Only messages of this subject, wildcards allowed. */
  readonly filter?: string
  /** `'explicit'` by default. */
  readonly ack?: 'explicit' | 'all' | 'none'
  /** An unacknowledged message is delivered again after this; 30 s by default. */
  readonly ackWait?: Duration
  /** 10 000 by default. */
  readonly maxAckPending?: number
  /** Deliveries of one message at most; no limit by default. */
  readonly maxDeliver?: number
  /** Messages asked for ahead; 500 by default. */
  readonly batch?: number
  /** Clients that share the work; 1 by default. */
  readonly members?: number
  /** To which region they connect; the stream's by default. */
  readonly region?: string
  /** Where they connect when no server of their region answers: a region, or `true` for all others in their order. */
  readonly failover?: string | true
  /** Acked when it returns, nakked when it throws. Without one, messages are acked at once. */
  readonly handler?: ConsumerHandler
}

/** A durable JetStream pull consumer that reads during the load; the ledger holds it to every acked message. */
export function consumer(name: string, options: ConsumerOptions) {
  return build('consumer', { kind: 'pull', name }, options)
}

export interface SubscriptionOptions {
  readonly subject: string
  /** Members of one queue group share the messages. Needed for more than one member. */
  readonly queue?: string
  readonly members?: number
  /** To which region it connects; the first one by default. */
  readonly region?: string
  /** Where they connect when no server of their region answers: a region, or `true` for all others in their order. */
  readonly failover?: string | true
  readonly handler?: SubscriptionHandler
}

/** A core NATS subscription that reads during the load; what it misses is counted. */
export function subscription(name: string, options: SubscriptionOptions) {
  return build('subscription', { kind: 'subscription', name }, options)
}

export interface ResponderOptions {
  readonly subject: string
  /** Members of one queue group share the requests; the responder's name by default. */
  readonly queue?: string
  readonly members?: number
  /** To which region it connects; the first one by default. */
  readonly region?: string
  /** Where they connect when no server of their region answers: a region, or `true` for all others in their order. */
  readonly failover?: string | true
  /** What it returns is the reply. Without one, the request comes back. */
  readonly handler?: ResponderHandler
}

/** Answers requests during the load. */
export function responder(name: string, options: ResponderOptions) {
  return build('responder', { kind: 'responder', name }, options)
}
export type ConsumerInput = ReturnType<typeof consumer | typeof subscription | typeof responder>
