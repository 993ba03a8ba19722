import { basename } from 'node:path'
import { checksOf } from '../breakdown.ts'
import type { Report } from '../schema.ts'
import { pathExamples, pathName } from '../tables/paths.ts'
import { namedExamples } from '../tables/streams.ts'
import { observedText } from '../tables/thresholds.ts'
import { meaningOf, verdictWords } from '../words.ts'

interface Case {
  readonly suite: 'run' | 'thresholds' | 'checks' | 'ledger'
  readonly name: string
  /** Why it failed; absent when it passed. */
  readonly failure?: string
}

const mostExamples = 5

/** Thresholds, checks and the ledger as test cases, and the run's own verdict as one: what CI systems show. */
export function renderJunit(report: Report): string {
  const cases = [
    runCase(report),
    ...thresholdCases(report),
    ...checkCases(report),
    ...ledgerCases(report),
    ...serviceCases(report),
  ]
  const name = basename(report.plan.script.path)
  const seconds = (report.durationMs / 1_000).toFixed(3)
  const suites = ['run', 'thresholds', 'checks', 'ledger'] as const
  const count = (of: readonly Case[]) =>
    `tests="${of.length}" failures="${of.filter(({ failure }) => failure !== undefined).length}"`
  const body = suites.flatMap((suite) => {
    const own = cases.filter((one) => one.suite === suite)
    if (own.length === 0) return []
    const time = suite === 'run' ? ` time="${seconds}"` : ''
    return [
      `  <testsuite name="${xml(`${name} ${suite}`)}" ${count(own)} timestamp="${xml(report.startedAt)}"${time}>`,
      ...own.map((one) => testcase(one, name)),
      '  </testsuite>',
    ]
  })
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${xml(name)}" ${count(cases)} time="${seconds}">`,
    ...body,
    '</testsuites>',
    '',
  ].join('\n')
}

function testcase({ suite, name, failure }: Case, script: string): string {
  const open = `    <testcase classname="${xml(`${script}.${suite}`)}" name="${xml(name)}"`
  return failure === undefined ? `${open}/>` : `${open}><failure message="${xml(failure)}"/></testcase>`
}

function runCase(report: Report): Case {
  const { verdict, reasons } = report.result
  if (verdict === 'passed') return { suite: 'run', name: 'verdict' }
  const why = [`${verdictWords[verdict]}: ${meaningOf(report)}`, ...reasons].join('; ')
  return { suite: 'run', name: 'verdict', failure: why }
}

function thresholdCases(report: Report): Case[] {
  return report.thresholds.map((threshold) => {
    const { selector, expression, passed } = threshold
    const name = `${selector}: ${expression}`
    if (passed) return { suite: 'thresholds', name }
    return { suite: 'thresholds', name, failure: `must be ${expression}, was ${observedText(report, threshold)}` }
  })
}

function checkCases({ series }: Report): Case[] {
  return checksOf(series).map(({ name, trues, total }) => ({
    suite: 'checks',
    name,
    ...(trues < total && { failure: `true ${trues} times of ${total}` }),
  }))
}

function ledgerCases({ ledger }: Report): Case[] {
  if (!ledger) return []
  return [
    ...ledger.consumers.map(
      ({ consumer, lost }): Case => ({
        suite: 'ledger',
        name: `consumer ${consumer} got every message`,
        ...(lost > 0 && {
          failure: `${lost} lost${ledger.drained ? '' : ', or still on the way when the drain ended'}`,
        }),
      }),
    ),
    ...ledger.streams.map(
      (stream): Case => ({
        suite: 'ledger',
        name: `stream ${stream.stream} holds what was acked`,
        ...(stream.verdict !== 'pass' && {
          failure: [...stream.notes, ...namedExamples(stream, mostExamples)].join('; ') || stream.verdict,
        }),
      }),
    ),
    ...(ledger.paths ?? []).map(
      (path): Case => ({
        suite: 'ledger',
        name: `${pathName(path)} carried every message`,
        ...(path.verdict !== 'pass' && {
          failure: [...path.notes, ...pathExamples(path, mostExamples)].join('; '),
        }),
      }),
    ),
  ]
}

/** What services did by their effects, what the script said of their state, and what was seen of it over restarts. */
function serviceCases({ ledger, services = [] }: Report): Case[] {
  const stateCase = (
    name: string,
    { count, differences }: { count: number; differences: readonly string[] },
  ): Case => ({
    suite: 'ledger',
    name,
    ...(count > 0 && { failure: someOf(differences, count) }),
  })
  return [
    ...(ledger?.effects ?? []).map((found): Case => {
      const { service, stream, missing, doubled, unexpected, settled } = found
      const failures = [
        ...(missing > 0 ? [`${missing} without: ${someOf(found.missingExamples, missing)}`] : []),
        ...(doubled > 0 ? [`${doubled} with several: ${someOf(found.doubledExamples, doubled)}`] : []),
        ...(unexpected > 0 ? [`${unexpected} refused and done: ${someOf(found.unexpectedExamples, unexpected)}`] : []),
        ...(settled ? [] : ['not read to the end']),
      ]
      return {
        suite: 'ledger',
        name: `each request that service ${service} accepted has one effect in ${stream}`,
        ...(failures.length > 0 && { failure: failures.join('; ') }),
      }
    }),
    ...(ledger?.state ? [stateCase('verifyState() found no difference', ledger.state)] : []),
    ...services.flatMap(({ name, state }) =>
      state ? [stateCase(`service ${name} kept its state over restarts`, state)] : [],
    ),
  ]
}

function someOf(examples: readonly string[], count: number): string {
  const shown = examples.slice(0, mostExamples)
  return [...shown, ...(count > shown.length ? [`and ${count - shown.length} more`] : [])].join('; ')
}

/** For an attribute. XML 1.0 has no place for most control characters, escaped or not. */
function xml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"'\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`)
}
