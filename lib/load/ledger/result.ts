import type { Tags } from '../../measure/index.ts'
import type { ReasonCount } from './reasons.ts'

/** The verdict on messages. Examples are few and named, counts are exact. */
export interface LedgerResult {
  readonly attempts: number
  /** Including those that JetStream acked as duplicates of a message id it knew. */
  readonly acked: number
  readonly sent: number
  readonly failed: number
  readonly indeterminate: number
  /** Why publishes and requests failed or became indeterminate; absent in reports of before. */
  readonly reasons?: readonly ReasonCount[]
  /** False when a consumer had not read everything by the drain's deadline: its losses are then unknown. */
  readonly drained: boolean
  readonly consumers: readonly ConsumerLedger[]
  /** Each declared stream, as read after the load. */
  readonly streams: readonly StreamLedger[]
  /** From each stream into each copy of it; absent in reports of before, and where there are no copies. */
  readonly paths?: readonly PathLedger[]
  /** Of services that say where their effects are; absent when none does. */
  readonly effects?: readonly EffectsLedger[]
  /** What the script's verifyState found; absent when it has none. */
  readonly state?: StateResult
  /** Memory held for the ledger, bytes. */
  readonly bytes: number
}

/** What a service did, by its effects: each accepted request must have one, and one only. */
export interface EffectsLedger {
  readonly service: string
  readonly stream: string
  /** Requests that the service said it would do. */
  readonly accepted: number
  /** Effects of this run in the stream. */
  readonly seen: number
  /** Accepted requests without an effect. */
  readonly missing: number
  /** Requests with several. */
  readonly doubled: number
  /** Requests that were refused or never sent, and have one all the same. */
  readonly unexpected: number
  readonly missingExamples: readonly string[]
  readonly doubledExamples: readonly string[]
  readonly unexpectedExamples: readonly string[]
  /** False when it could not be waited until nothing more came. */
  readonly settled: boolean
}

export interface StateResult {
  /** The first ones. Sentences. */
  readonly differences: readonly string[]
  readonly count: number
}

export interface ConsumerLedger {
  readonly consumer: string
  readonly kind: 'pull' | 'subscription'
  /** Acked (pull) or sent (subscription) messages that it should have got. */
  readonly expected: number
  /** Different messages of this run that it got. */
  readonly received: number
  /** Expected and never received. */
  readonly lost: number
  /** Received although their publish was indeterminate. */
  readonly recovered: number
  readonly duplicates: number
  readonly redelivered: number
  readonly outOfOrder: number
  /** Messages JetStream still held for it when the drain ended. */
  readonly pending: number
  /** Found in the stream, whatever their outcome, and never received. 0 where the stream was not read. */
  readonly neverConsumed: number
  /** Up to ten lost ones. */
  readonly lostExamples: readonly LostExample[]
}

/** What is held against a stream, or is worth knowing of it. */
export type StreamFinding =
  | 'lost'
  | 'unexpected'
  | 'failedButPresent'
  | 'ackConflict'
  | 'duplicateWithId'
  | 'duplicate'
  | 'recovered'
  | 'outOfOrder'

/**
 * What a stream holds against what was published to it, after Jepsen's queue checker (research nats.md §2.3, §2.5).
 * `fail` when an acked message is lost, or anything is unexpected, failedButPresent, ackConflict or duplicateWithId.
 */
export interface StreamLedger {
  readonly stream: string
  readonly verdict: 'pass' | 'fail' | 'unknown'
  /** Workqueue and interest streams delete what was consumed, so only their consumers can tell. */
  readonly judgedBy: 'content' | 'consumers'
  /** Was it read to its end before the deadline? What it should hold beyond that is not counted as lost. */
  readonly readToEnd: boolean
  /** Sentences: what failed, why it is not known, and what else a reader must know, such as evictions. */
  readonly notes: readonly string[]
  /** Messages that this stream acked, including `lateAcked` and without `deduplicated`. */
  readonly acked: number
  /** Acked after their publish had been given up as indeterminate: they must be there like any acked one. */
  readonly lateAcked: number
  /** Acked as duplicates of a message id that the stream knew: nothing of their own is stored. */
  readonly deduplicated: number
  /** Different messages of this run in the stream. */
  readonly read: number
  /** Messages in the stream from before the load: not judged. */
  readonly earlier: number
  /** Acked and not in the stream, nor evicted. Sum of the three by place, and of those by window. */
  readonly lost: number
  /** Before the publisher's first message in the stream, between others, and after its last. */
  readonly lostPrefix: number
  readonly lostMiddle: number
  readonly lostPostfix: number
  readonly lostByWindow: readonly { readonly tags: Tags; readonly lost: number }[]
  /** Acked, and removed from the stream's front by a limit of its own. */
  readonly evicted: number
  /** Stored, and not attempted by this run, or under a subject that none of their publisher's messages should have. */
  readonly unexpected: number
  /** Indeterminate and stored. */
  readonly recovered: number
  /** Said to have failed and stored. */
  readonly failedButPresent: number
  /** Acked with a stream sequence that belongs to another message. */
  readonly ackConflict: number
  /** Further copies of messages, stored within the duplicate window of a message with the same Nats-Msg-Id. */
  readonly duplicateWithId: number
  /** Further copies that no message id forbade. */
  readonly duplicate: number
  /** Acked messages that stand after one that was published later. */
  readonly outOfOrder: number
  /** As the server said at the end of the reading; undefined when it could not be asked. */
  readonly state: StreamState | undefined
  /** Up to ten of each. */
  readonly examples: Readonly<Partial<Record<StreamFinding, readonly StreamExample[]>>>
}

export interface StreamState {
  readonly firstSequence: number
  readonly lastSequence: number
  readonly messages: number
  readonly deleted: number
}

/** What is held against a copy of a stream, or is worth knowing of it. */
export type PathFinding = 'lost' | 'queued' | 'duplicate' | 'outOfOrder' | 'unexpected' | 'outlived'

/**
 * What became of messages between a stream and a copy of it (mirror or source), as both were read after the load. `fail`
 * when any is lost, duplicate, outOfOrder or unexpected; `unknown` when any is still queued, or one of both was not read
 * to its end.
 */
export interface PathLedger {
  /** The streams on the way, the copy last and its origin before it. */
  readonly path: readonly string[]
  readonly copies: 'mirror' | 'sources'
  readonly verdict: 'pass' | 'fail' | 'unknown'
  readonly readToEnd: boolean
  /** Sentences, as a stream's. */
  readonly notes: readonly string[]
  /** Messages of the origin since the load began that the copy takes. */
  readonly offered: number
  /** Of these, those that the copy holds. */
  readonly copied: number
  /** Not in the copy, although it has passed them. */
  readonly lost: number
  readonly lostByWindow: readonly { readonly tags: Tags; readonly lost: number }[]
  /** Not in the copy, which has not come to them. */
  readonly queued: number
  /** Stored in the copy a further time. */
  readonly duplicate: number
  /** Behind a message that follows them in the origin. */
  readonly outOfOrder: number
  /** In the copy, and never in its origin. */
  readonly unexpected: number
  /** In the copy, and in its origin no more. */
  readonly outlived: number
  /** Of the pull consumers of the copy: what came this way. */
  readonly consumers: readonly PathConsumer[]
  /** Up to ten of each. */
  readonly examples: Readonly<Partial<Record<PathFinding, readonly PathExample[]>>>
}

/** What a consumer got of the messages that were acked at the beginning of a path. */
export interface PathConsumer {
  readonly consumer: string
  readonly expected: number
  readonly received: number
  /** Expected, and in the copy, and never received. */
  readonly neverConsumed: number
}

/** One message, by its place in the origin and in the copy, as far as they are known. */
export type PathExample = Pick<StreamExample, 'publisher' | 'sequence' | 'at' | 'tags'> & {
  readonly originSequence?: number
  readonly copySequence?: number
}

/** One message that a consumer never got; `streamSequence` is where its ack said that it is stored. */
export type LostExample = Pick<StreamExample, 'publisher' | 'at' | 'tags'> & {
  readonly sequence: number
  readonly streamSequence?: number
}

/** One message. Without publisher and sequence: it carries no stamp of this run. */
export interface StreamExample {
  readonly publisher?: number
  readonly sequence?: number
  /** Where it is stored; of a lost or conflicting one, where its ack said. */
  readonly streamSequence: number
  /** Under which it is stored, where none of its publisher's messages should be. */
  readonly subject?: string
  /** The window in which it was sent: its start in ms from the start of the load, and its tags. */
  readonly at?: number
  readonly tags?: Tags
}
