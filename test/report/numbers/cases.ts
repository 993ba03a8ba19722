import type { Report } from '../../../lib/report/index.ts'
import { lostMessage } from './ledger-sentences.ts'
import { observedText } from './run.ts'
import { find, tally } from './samples.ts'

/** A test case of JUnit's with why it failed, if it did. */
export interface Case {
  readonly suite: string
  readonly name: string
  readonly failure: string | undefined
}

/** Every case that the report makes. */
export function casesOf(report: Report): Case[] {
  const { result, thresholds, ledger, services = [] } = report
  const { consumers = [], streams = [], paths = [] } = ledger ?? {}
  const failedBecause = `FAILED: the system did not do what was asked of it`
  return [
    {
      suite: 'run',
      name: 'verdict',
      failure: result.verdict === 'passed' ? undefined : [failedBecause, ...result.reasons].join('; '),
    },
    ...thresholds.map((one) => ({
      suite: 'thresholds',
      name: `${one.selector}: ${one.expression}`,
      failure: one.passed ? undefined : `must be ${one.expression}, was ${observedText(report, one)}`,
    })),
    ...[...new Set(find(report, 'checks').map(({ tags }) => tags.check))].map((check) => {
      const { trues, total } = tally(find(report, 'checks', { check }))
      const failure = trues === total ? undefined : `true ${trues} times of ${total}`
      return { suite: 'checks', name: check ?? '', failure }
    }),
    ...consumers.map(({ consumer, lost }) => ({
      suite: 'ledger',
      name: `consumer ${consumer} got every message`,
      failure: lost === 0 ? undefined : `${lost} lost`,
    })),
    ...streams.map(({ stream, verdict, notes, examples }) => {
      const named = (examples.lost ?? []).map((one) => lostMessage(one, [`stream sequence ${one.streamSequence}`]))
      return {
        suite: 'ledger',
        name: `stream ${stream} holds what was acked`,
        failure: verdict === 'pass' ? undefined : [...notes, ...named].join('; '),
      }
    }),
    ...paths.map(({ path, verdict, notes, examples }) => {
      const named = (examples.lost ?? []).map((one) =>
        lostMessage(one, [`sequence ${one.originSequence} of ${path.at(-2)}`]),
      )
      return {
        suite: 'ledger',
        name: `${path.join(' → ')} carried every message`,
        failure: verdict === 'pass' ? undefined : [...notes, ...named].join('; '),
      }
    }),
    ...(ledger?.effects ?? []).map(({ service, stream, missing, doubled, missingExamples, doubledExamples }) => {
      const without = `${missing} without: ${missingExamples.join('; ')}`
      const several = `${doubled} with several: ${doubledExamples.join('; ')}`
      const failure = [...(missing > 0 ? [without] : []), ...(doubled > 0 ? [several] : [])].join('; ')
      return {
        suite: 'ledger',
        name: `each request that service ${service} accepted has one effect in ${stream}`,
        failure: failure === '' ? undefined : failure,
      }
    }),
    ...(ledger?.state ? [stateCase('verifyState() found no difference', ledger.state.differences)] : []),
    ...services.flatMap(({ name, state }) =>
      state ? [stateCase(`service ${name} kept its state over restarts`, state.differences)] : [],
    ),
  ]
}

function stateCase(name: string, differences: readonly string[]): Case {
  return { suite: 'ledger', name, failure: differences.length === 0 ? undefined : differences.join('; ') }
}
