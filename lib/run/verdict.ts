import { exitCode } from '../errors.ts'
import type { LedgerResult, PathLedger, StreamLedger } from '../load/index.ts'
import { formatCount, type ThresholdResult } from '../measure/index.ts'
import { plural } from '../plural.ts'
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
    ...(grounds.ledger?.paths ?? []).flatMap(pathReasons),
    ...serviceReasons(grounds.ledger),
  ]
  const sorted = order.flatMap((verdict) => reasons.filter((reason) => reason.verdict === verdict))
  const verdict = sorted[0]?.verdict ?? 'passed'
  return { verdict, exitCode: codes[verdict], reasons: sorted.map(({ text }) => text) }
}

function failedText({ selector, expression, observed, notWithin, samples }: ThresholdResult): string {
  return observed === undefined && notWithin === undefined
    ? `threshold ${selector}: ${expression} had no samples`
    : `threshold ${selector}: ${expression} failed over ${formatCount(samples)} ${samples === 1 ? 'sample' : 'samples'}`
}

function ledgerReasons(ledger: LedgerResult | undefined, hasConsumers: boolean): { verdict: Verdict; text: string }[] {
  if (!ledger || !hasConsumers) return []
  if (!ledger.drained) {
    const waiting = ledger.consumers.filter(({ pending }) => pending !== 0).map(({ consumer }) => consumer)
    // What is queued for a copy is a reason of its own.
    if (waiting.length === 0 && ledger.paths?.some(({ verdict }) => verdict === 'unknown')) return []
    const who = waiting.length > 0 ? `consumer ${waiting.join(', ')}` : 'a consumer'
    return [
      { verdict: 'unknown', text: `${who} had not read everything when the drain ended, so losses are not known` },
    ]
  }
  return ledger.consumers.flatMap(({ consumer, kind, lost, neverConsumed }) => {
    if (kind !== 'pull' || lost + neverConsumed === 0) return []
    const text =
      lost > 0
        ? `${plural(lost, 'acked message')} never reached consumer ${consumer}`
        : `${plural(neverConsumed, 'message')} stored without an ack never reached consumer ${consumer}`
    return [{ verdict: 'failed' as const, text }]
  })
}

/** A stream that its consumers judge has its reasons among theirs. */
function streamReasons({ stream, verdict, judgedBy, notes }: StreamLedger): { verdict: Verdict; text: string }[] {
  if (verdict === 'pass' || judgedBy === 'consumers') return []
  return [{ verdict: verdict === 'fail' ? 'failed' : 'unknown', text: `stream ${stream}: ${notes.join('; ')}` }]
}

function pathReasons({ path, verdict, notes }: PathLedger): { verdict: Verdict; text: string }[] {
  if (verdict === 'pass') return []
  return [{ verdict: verdict === 'fail' ? 'failed' : 'unknown', text: `${path.join(' → ')}: ${notes.join('; ')}` }]
}

/** What services did and did not do, by their effects, and what the script found wrong with their state. */
function serviceReasons(ledger: LedgerResult | undefined): { verdict: Verdict; text: string }[] {
  const requests = (count: number) => `${formatCount(count)} ${count === 1 ? 'request' : 'requests'}`
  const effects = (ledger?.effects ?? []).flatMap((found): { verdict: Verdict; text: string }[] => {
    const { service, stream, settled, missing, doubled, unexpected } = found
    const say = (count: number, what: string, ids: readonly string[]) =>
      count === 0
        ? []
        : [
            {
              verdict: 'failed' as const,
              text: `service ${service} ${what} in ${stream}: ${ids.slice(0, 3).join(', ')}`,
            },
          ]
    return [
      ...(settled
        ? say(missing, `lost ${requests(missing)} that it had accepted: no effect`, found.missingExamples)
        : [
            {
              verdict: 'unknown' as const,
              text: `the effects of service ${service} could not all be read from ${stream}`,
            },
          ]),
      ...say(doubled, `did ${requests(doubled)} more than once: several effects`, found.doubledExamples),
      ...say(unexpected, `did ${requests(unexpected)} that it had refused: an effect`, found.unexpectedExamples),
    ]
  })
  const { count = 0, differences = [] } = ledger?.state ?? {}
  if (count === 0) return effects
  const more = count > 3 ? `; and ${count - 3} more` : ''
  return [
    ...effects,
    { verdict: 'failed', text: `state is not preserved: ${differences.slice(0, 3).join('; ')}${more}` },
  ]
}
