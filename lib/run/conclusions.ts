import type { LedgerResult } from '../load/index.ts'
import type { Aggregate } from '../measure/index.ts'
import type { LeakCheck } from '../observe/index.ts'

/** Records what is only known when everything was read and looked at: a threshold may name it. */
export function recordConclusions(
  aggregate: Aggregate,
  ledger: LedgerResult | undefined,
  leakChecks: readonly LeakCheck[],
): void {
  for (const { stream, judgedBy, lostByWindow } of ledger?.streams ?? []) {
    if (judgedBy !== 'content') continue
    for (const { tags, lost } of lostByWindow) aggregate.record('stream_lost', { ...tags, stream }, lost)
  }
  for (const { path, lostByWindow, duplicate, outOfOrder, queued } of ledger?.paths ?? []) {
    const [origin = '', stream = ''] = path.slice(-2)
    for (const { tags, lost } of lostByWindow) aggregate.record('path_lost', { ...tags, origin, stream }, lost)
    const counts = { path_duplicated: duplicate, path_out_of_order: outOfOrder, path_queued: queued }
    for (const [metric, count] of Object.entries(counts)) {
      if (count > 0) aggregate.record(metric, { origin, stream }, count)
    }
  }
  for (const { process, resource, recovery, limit } of leakChecks) {
    aggregate.record('leak_ratio', { node: process, resource }, recovery / limit)
  }
}
