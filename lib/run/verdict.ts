import { exitCode } from '../errors.ts'
import type { LedgerResult, StreamLedger } from '../load/index.ts'
import { formatCount, type ThresholdResult } from '../measure/index.ts'
import type { RunResult, Verdict } from '../report/index.ts'

/** Why a run was ended before its time, or could not be trusted. */
export interface Halt {
  readonly kind: 'interrupted' | 'invalid' | 'error' | 'failed' | 'unknown'
  readonly reason: string
}

export interface VerdictGrounds {
  readonly halts: readonly Halt[]
  /** Sentences on phases in which the generator was the bottleneck. */
  readonly invalid: readonly string[]
  readonly thresholds: readonly ThresholdResult[]
  readonly ledger: LedgerResult | undefined
  readonly hasConsumers: boolean
}

const codes: Readonly<Record<Verdict, number>> = {
  passed: exitCode.passed,
  failed: exitCode.failed,
  invalid: exitCode.invalid,
  unknown: exitCode.unknown,
  interrupted: exitCode.interrupted,
  error: exitCode.scriptThrew,
}

// From what says least about the system to what says most: numbers that can't be believed are not worth a pass or fail.
const order: readonly Verdict[] = ['interrupted', 'error', 'invalid', 'failed', 'unknown']

/** The verdict on a run, and every reason for it, weightiest first. */
export function judge(grounds: VerdictGrounds): RunResult {
  const reasons: { verdict: Verdict; text: string }[] = [
    ...grounds.halts.map(({ kind, reason }) => ({ verdict: kind, text: reason })),
    ...grounds.invalid.map((text) => ({ verdict: 'invalid' as const, text })),
    ...grounds.thresholds
      .filter(({ passed }) => !passed)
      .map((result) => ({ verdict: 'failed' as const, text: failedText(result) })),
    ...ledgerReasons(grounds.ledger, grounds.hasConsumers),
    ...(grounds.ledger?.streams ?? []).flatMap(streamReasons),
  ]
  const sorted = order.flatMap((verdict) => reasons.filter((reason) => reason.verdict === verdict))
  const verdict = sorted[0]?.verdict ?? 'passed'
  return { verdict, exitCode: codes[verdict], reasons: sorted.map(({ text }) => text) }
}

function failedText({ selector, expression, observed, notWithin, samples }: ThresholdResult): string {
  return observed === undefined && notWithin === undefined
    ? `threshold ${selector}: ${expression} had no samples`
    : `threshold ${selector}: ${expression} failed over ${formatCount(samples)} samples`
}

function ledgerReasons(ledger: LedgerResult | undefined, hasConsumers: boolean): { verdict: Verdict; text: string }[] {
  if (!ledger || !hasConsumers) return []
  if (!ledger.drained) {
    const waiting = ledger.consumers.filter(({ pending }) => pending !== 0).map(({ consumer }) => consumer)
    const who = waiting.length > 0 ? `consumer ${waiting.join(', ')}` : 'a consumer'
    return [
      { verdict: 'unknown', text: `${who} had not read everything when the drain ended, so losses are not known` },
    ]
  }
  return ledger.consumers.flatMap(({ consumer, kind, lost, neverConsumed }) => {
    if (kind !== 'pull' || lost + neverConsumed === 0) return []
    const text =
      lost > 0
        ? `${lost} acked ${lost === 1 ? 'message' : 'messages'} never reached consumer ${consumer}`
        : `${neverConsumed} ${neverConsumed === 1 ? 'message' : 'messages'} stored without an ack never reached consumer ${consumer}`
    return [{ verdict: 'failed' as const, text }]
  })
}

/** A stream that its consumers judge has its reasons among theirs. */
function streamReasons({ stream, verdict, judgedBy, notes }: StreamLedger): { verdict: Verdict; text: string }[] {
  if (verdict === 'pass' || judgedBy === 'consumers') return []
  return [{ verdict: verdict === 'fail' ? 'failed' : 'unknown', text: `stream ${stream}: ${notes.join('; ')}` }]
}
