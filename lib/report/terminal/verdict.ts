import { basename } from 'node:path'
import { formatDuration } from '../../measure/index.ts'
import { meaningOf, verdictWords } from '../words.ts'
import { andMore, firstOf, paragraph, type Section } from './paper.ts'
import { clean, flow } from './text.ts'

const mostReasons = 5

/** The verdict in words and why, then what was run. */
export const verdict: Section = (report, paper) => {
  const { result, plan, build, startedAt, durationMs } = report
  const { paint, width } = paper
  const stands =
    { passed: paint.good, unknown: paint.caution, interrupted: paint.caution }[result.verdict as string] ?? paint.bad
  const word = verdictWords[result.verdict]
  const code = result.exitCode === 0 ? '' : ` (exit ${result.exitCode})`
  const [first = '', ...others] = paragraph(`${word}  `, meaningOf(report) + code, paper)
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
