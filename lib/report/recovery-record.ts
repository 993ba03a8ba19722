/** How long something took, milliseconds; or for how long it was waited for in vain, until the next fault or the end. */
export type Took = { readonly ms: number } | { readonly notWithinMs: number }

/**
 * How one firing of a fault went by: docs/recovery.md. `From the start` is from its first control call, `from the heal` from
 * when that was confirmed. What could not be there is absent: acks in a run without publishes, what follows a heal when
 * another fault was still in force.
 */
export interface RecoveryRecord {
  /** From the start to the first sign of it, and which that was. */
  readonly detected: Took & { readonly sign?: string }
  /** From the start until acks came again: the end of the longest gap; 0 when none was longer than in baselines. */
  readonly acksBack?: Took
  /** From the heal to the first ack after it. */
  readonly acksAfterHeal?: Took
  /** `from` in milliseconds from the start of the load. */
  readonly longestAckGap?: { readonly ms: number; readonly from: number }
  /** The longest gap without an ack, less the time in it for which a stream had no leader. */
  readonly ackStallMs?: number
  /** By group that lost its leader (a stream, `_meta_`, or `_meta_:b` of a region): from the start until one was seen to lead again. */
  readonly newLeaders: Readonly<Record<string, Took>>
  /** Per second: the median before the fault, and the mean while it was in force; and that as a share of the former. */
  readonly throughput?: { readonly baseline: number; readonly during: number; readonly share: number }
  /** From the heal to the first of five seconds at 95 % of that median or more. */
  readonly fullThroughput?: Took
  /** From the heal to the first of two healthy seconds: docs/windows.md. */
  readonly recovered?: Took
  /** By JetStream consumer, messages: the most before the fault, the most from it on, and from the heal until it was drained. */
  readonly backlogs: Readonly<Record<string, BacklogRecord>>
  /** By copy of a stream, messages: the most that were queued for it before the fault, and as {@link backlogs}. */
  readonly queues?: Readonly<Record<string, QueueRecord>>
  /** By pair of regions (`a-b`), those that were apart. Absent where there are no regions. */
  readonly regions?: Readonly<Record<string, RegionCutRecord>>
  /** From the heal until every replica of every stream was seen current. */
  readonly replicasCurrent?: Took
}

export interface BacklogRecord {
  readonly stream: string
  readonly before: number
  readonly peak: number
  readonly drained?: Took
}

export interface QueueRecord {
  /** Of the copy. */
  readonly region?: string
  readonly before: number
  readonly peak: number
  readonly drained?: Took
}

/** Two regions that a fault parted. */
export interface RegionCutRecord {
  /** The longest time for which no probe message crossed one way, whichever it was. */
  readonly silentMs: number
  /** From the start until a server there was seen to list the link no more; absent when all did all the time. */
  readonly unlistedAfterMs?: number
  /** From the heal until probe messages had crossed both ways. */
  readonly crossed?: Took
  /** From the heal until the servers of both were seen to list the link; 0 when they always did. */
  readonly listed?: Took
}
