import type { Aggregate } from '../../measure/index.ts'
import type { RecoveryRecord, Took } from '../../report/index.ts'
import type { Kept } from './fault-course.ts'

/** Which firing of a fault a record is of. */
export interface FaultTags {
  readonly phase: string
  readonly fault: string
  /** The node that was hit, if it was one. */
  readonly node: string | undefined
}

/**
 * What a record is worth in the metrics that thresholds may name.
 * @param kept groups that kept their leader, and regions that were never apart: they waited for no time
 */
export function recordMetrics(
  aggregate: Aggregate,
  { phase, fault, node }: FaultTags,
  record: RecoveryRecord,
  kept: Kept,
): void {
  const common = { phase, fault, ...(node !== undefined && { node }) }
  const during = { ...common, window: 'fault' }
  const after = { ...common, window: 'recovery' }
  const time = (metric: string, tags: Readonly<Record<string, string>>, it: Took | undefined) => {
    if (!it) return
    if ('ms' in it) aggregate.record(metric, tags, it.ms)
    else aggregate.recordCensored(metric, tags, it.notWithinMs)
  }
  time('time_to_detect', during, record.detected)
  time('time_to_ack', during, record.acksBack)
  if (record.ackStallMs !== undefined) aggregate.record('ack_stall', during, record.ackStallMs)
  for (const [stream, it] of Object.entries(record.newLeaders)) time('time_to_new_leader', { ...during, stream }, it)
  for (const stream of kept.groups) aggregate.record('time_to_new_leader', { ...during, stream }, 0)
  if (record.throughput) aggregate.record('fault_throughput', during, record.throughput.share)
  time('time_to_ack_after_heal', after, record.acksAfterHeal)
  time('recovery_time', after, record.recovered)
  time('time_to_full_throughput', after, record.fullThroughput)
  for (const [consumer, { stream, peak, drained }] of Object.entries(record.backlogs)) {
    aggregate.record('backlog_peak', { ...during, stream, consumer }, peak)
    time('time_to_drain', { ...after, stream, consumer }, drained)
  }
  time('time_to_replicas_current', after, record.replicasCurrent)
  for (const [stream, { region, peak, drained }] of Object.entries(record.queues ?? {})) {
    const tags = { stream, ...(region !== undefined && { region }) }
    aggregate.record('queue_depth_peak', { ...during, ...tags }, peak)
    time('queue_drain_time', { ...after, ...tags }, drained)
  }
  for (const [between, { silentMs, crossed, listed }] of Object.entries(record.regions ?? {})) {
    aggregate.record('region_silence', { ...during, between }, silentMs)
    time('region_reconnect_time', { ...after, between }, crossed)
    time('region_link_time', { ...after, between }, listed)
  }
  if (!record.recovered) return
  for (const between of kept.regions) {
    aggregate.record('region_reconnect_time', { ...after, between }, 0)
    aggregate.record('region_link_time', { ...after, between }, 0)
  }
}
