import { basename } from 'node:path'
import type { LedgerResult } from '../../load/index.ts'
import { formatDuration } from '../../measure/index.ts'
import type { Report, Verdict } from '../schema.ts'
import { counted } from './numbers.ts'
import { andMore, firstOf, paragraph, type Section } from './paper.ts'
import { clean, flow } from './text.ts'

const mostReasons = 5

const words: Readonly<Record<Verdict, string>> = {
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

/** The verdict in words and why, then what was run. */
export const verdict: Section = (report, paper) => {
  const { result, plan, build, startedAt, durationMs } = report
  const { paint, width } = paper
  const stands =
    { passed: paint.good, unknown: paint.caution, interrupted: paint.caution }[result.verdict as string] ?? paint.bad
  const word = words[result.verdict]
  const meaning = result.verdict === 'passed' ? meaningOfPass(report) : meanings[result.verdict]
  const code = result.exitCode === 0 ? '' : ` (exit ${result.exitCode})`
  const [first = '', ...others] = paragraph(`${word}  `, meaning + code, paper)
  const { first: reasons, more } = firstOf(result.reasons, mostReasons)
  const about = [
    clean(basename(plan.script.path)),
    `${formatDuration(durationMs)} from ${startedAt.replace('T', ' ').slice(0, 19)} UTC`,
    `build ${clean(build.label)}${build.dirty ? ' (dirty)' : ''}`,
    ...(plan.options.timeScale === 1 ? [] : [`time scale ${plan.options.timeScale}`]),
  ]
  return [
    first.replace(word, stands(paint.strong(word))),
    ...others,
    ...reasons.flatMap((reason) => paragraph('  · ', reason, paper)),
    ...andMore(more, 'reasons in the report', paper),
    ...flow(about, ' · ', width).map(paint.dim),
  ]
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
