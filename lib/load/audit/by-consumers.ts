import type { StreamPlan } from '../assets/assets.ts'
import type { ConsumerLedger, StreamLedger } from '../ledger/result.ts'
import type { StreamAcks } from '../ledger/stream-acks.ts'

/**
 * The verdict on a stream that deletes what was consumed (workqueue, interest): its content says nothing of losses, so
 * its pull consumers' do.
 */
export function judgeByConsumers(
  plan: StreamPlan,
  acks: StreamAcks,
  consumers: readonly ConsumerLedger[],
  drained: boolean,
): StreamLedger {
  const lost = consumers.reduce((sum, consumer) => sum + consumer.lost, 0)
  return {
    ...untouched,
    stream: plan.name,
    verdict: !drained ? 'unknown' : lost > 0 ? 'fail' : 'pass',
    judgedBy: 'consumers',
    notes: [
      consumers.length === 0
        ? `a ${plan.retention} stream keeps nothing once it is consumed, and no consumer of it is declared: not judged`
        : `a ${plan.retention} stream keeps nothing once it is consumed: judged by what its consumers got`,
    ],
    acked: acks.acked.size,
    lateAcked: acks.late,
    deduplicated: acks.deduplicated.size,
  }
}

const untouched = {
  readToEnd: true,
  read: 0,
  earlier: 0,
  lost: 0,
  lostPrefix: 0,
  lostMiddle: 0,
  lostPostfix: 0,
  lostByWindow: [],
  evicted: 0,
  unexpected: 0,
  recovered: 0,
  failedButPresent: 0,
  ackConflict: 0,
  duplicateWithId: 0,
  duplicate: 0,
  outOfOrder: 0,
  state: undefined,
  examples: {},
} as const satisfies Partial<StreamLedger>
