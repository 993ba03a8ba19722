import { basename } from 'node:path'
import { meaningOf, runFacts, timeScaleFact, verdictWords } from '../words.ts'
import { andMore, firstOf, paragraph, type Section } from './paper.ts'
import { clean, flow } from './text.ts'

const mostReasons = 5

/** The verdict in words and why, then what was run. */
export const verdict: Section = (report, paper) => {
  const { result, plan } = report
  const { paint, width } = paper
  const stands =
    { passed: paint.good, unknown: paint.caution, interrupted: paint.caution }[result.verdict as string] ?? paint.bad
  const word = verdictWords[result.verdict]
  const code = result.exitCode === 0 ? '' : ` (exit ${result.exitCode})`
  const [first = '', ...others] = paragraph(`${word}  `, meaningOf(report) + code, paper)
  const { first: reasons, more } = firstOf(result.reasons, mostReasons)
  const about = [basename(plan.script.path), ...runFacts(report), ...timeScaleFact(report)].map(clean)
  return [
    first.replace(word, stands(paint.strong(word))),
    ...others,
    ...reasons.flatMap((reason) => paragraph('  · ', reason, paper)),
    ...andMore(more, 'reasons in the report', paper),
    ...flow(about, ' · ', width).map(paint.dim),
  ]
}
