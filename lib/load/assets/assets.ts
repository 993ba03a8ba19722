/** A JetStream stream to create before the load: the subset of StreamConfig that Squall validates. Durations in ms. */
export interface StreamPlan {
  readonly name: string
  readonly subjects: readonly string[]
  readonly replicas: number
  readonly storage: 'file' | 'memory'
  readonly retention: 'limits' | 'interest' | 'workqueue'
  readonly discard: 'old' | 'new'
  readonly maxMessages?: number
  readonly maxBytes?: number
  readonly maxAgeMs?: number
  readonly duplicateWindowMs?: number
  /** Where it is; undefined in a topology without regions, and until the script's topology is known: the first one. */
  readonly region?: string
  /** Of a stream that is filled from others and takes no subjects itself; of a mirror, one. */
  readonly copies?: CopyPlan
}

/** Copied with their sequences (`mirror`), or merged into sequences of the copy's own (`sources`). */
export interface CopyPlan {
  readonly kind: 'mirror' | 'sources'
  readonly origins: readonly OriginPlan[]
}

export interface OriginPlan {
  readonly stream: string
  readonly region?: string
  /** Only messages of this subject are copied. */
  readonly filter?: string
  /** The subject that they have in the copy; as nats-server's subject transforms. */
  readonly to?: string
}

/** A consumer of the load. `index` is its place in the script's `consumers`, where the generator finds its handler. */
export type ConsumerPlan = PullConsumerPlan | SubscriptionPlan | ResponderPlan

interface AnyConsumer {
  readonly name: string
  readonly index: number
  readonly hasHandler: boolean
  /** Clients that share the work, each on a connection of its own. */
  readonly members: number
  /** To which region's servers they connect; undefined where there are none. */
  readonly region?: string
  /** Regions to whose servers they connect when none of its own answers, in this order. */
  readonly failover?: readonly string[]
}

/** A durable JetStream pull consumer. */
export interface PullConsumerPlan extends AnyConsumer {
  readonly kind: 'pull'
  readonly stream: string
  readonly filter?: string
  readonly ack: 'explicit' | 'all' | 'none'
  readonly ackWaitMs: number
  readonly maxAckPending: number
  readonly maxDeliver: number
  /** Messages asked for ahead. */
  readonly batch: number
}

/** A core subscription, or a queue group when `queue` is there. */
export interface SubscriptionPlan extends AnyConsumer {
  readonly kind: 'subscription'
  readonly subject: string
  readonly queue?: string
}

/** Answers requests; without a handler it echoes the payload. */
export interface ResponderPlan extends AnyConsumer {
  readonly kind: 'responder'
  readonly subject: string
  readonly queue?: string
}
