import type { LedgerResult } from '../load/index.ts'
import { formatDuration } from '../measure/index.ts'
import { counted } from './numbers.ts'
import type { Report, Verdict } from './schema.ts'

export const verdictWords: Readonly<Record<Verdict, string>> = {
  passed: 'PASSED',
  failed: 'FAILED',
  invalid: 'INVALID',
  unknown: 'UNKNOWN',
  interrupted: 'INTERRUPTED',
  error: 'ERROR',
}

const meanings: Readonly<Record<Exclude<Verdict, 'passed'>, string>> = {
  failed: 'the system did not do what was asked of it',
  invalid: 'these numbers do not measure the system and must not be used',
  unknown: 'it can not be said whether messages were lost',
  interrupted: 'ended before its time; the numbers are of what ran',
  error: 'the script itself failed',
}

/** What a report's verdict means, as half a sentence. */
export function meaningOf(report: Report): string {
  const { verdict } = report.result
  return verdict === 'passed' ? meaningOfPass(report) : meanings[verdict]
}

function meaningOfPass({ thresholds, ledger }: Report): string {
  const held = thresholds.length === 0 ? 'no threshold was set' : `${counted(thresholds.length, 'threshold')} held`
  return ledger && areLossesKnown(ledger) ? `${held}, no acked message was lost` : held
}

/** By a consumer that was to get every message, or by the streams themselves. */
function areLossesKnown({ consumers, streams }: LedgerResult): boolean {
  if (consumers.some(({ kind }) => kind === 'pull')) return true
  return streams.length > 0 && streams.every(({ judgedBy, readToEnd }) => judgedBy === 'content' && readToEnd)
}

/** When it ran and for how long, and what was under test. */
export function runFacts({ durationMs, startedAt, build }: Report): string[] {
  return [
    `${formatDuration(durationMs)} from ${startedAt.replace('T', ' ').slice(0, 19)} UTC`,
    `build ${build.label}${build.dirty ? ' (dirty)' : ''}`,
  ]
}

/** Said where the plan's times are not the script's. */
export function timeScaleFact({ plan: { options } }: Report): string[] {
  return options.timeScale === 1 ? [] : [`time scale ${options.timeScale}`]
}
