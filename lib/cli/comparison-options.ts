import type { Command } from 'commander'
import { UserError } from '../errors.ts'
import {
  type CompareOptions,
  type Comparison,
  comparisonJson,
  comparisonMarkdown,
  parseWanted,
  type Report,
  renderComparison,
  summaryOptions,
} from '../report/index.ts'

/** The options that `compare` and `duel` share, as commander gives them. */
export interface ComparisonFlags {
  readonly metric: readonly string[]
  readonly minChange: string
  readonly json?: boolean
  readonly markdown?: boolean
  readonly force?: boolean
}

/** Adds what is to be compared, and how it is shown. */
export function addComparisonOptions(command: Command): Command {
  return command
    .option(
      '--metric <name>',
      'judge this instead: publish_latency{window:fault}:p99.9, publish_success:rate; may be repeated',
      (value: string, earlier: readonly string[]) => [...earlier, value],
      [],
    )
    .option('--min-change <percent>', 'the least change that matters', '5')
    .option('--json', 'print everything for programs')
    .option('--markdown', 'print a table for a pull request')
    .option('--force', 'compare what is not comparable')
}

/** @throws UserError for a value that an option can't take. */
export function comparisonOptionsFrom({ metric, minChange, force }: ComparisonFlags): CompareOptions {
  const leastChange = Number(minChange) / 100
  if (minChange.trim() === '' || !(leastChange >= 0 && leastChange <= 10)) {
    throw new UserError(`--min-change is "${minChange}"; it must be a percentage from 0 to 1000, such as 5`)
  }
  const wanted = metric.map(parseWanted)
  return { leastChange, force: force === true, ...(wanted.length > 0 && { wanted }) }
}

/** On stdout, as asked for. */
export async function printComparison(
  { json, markdown }: ComparisonFlags,
  comparison: Comparison,
  base: readonly Report[],
  head: readonly Report[],
): Promise<void> {
  process.stdout.write(
    json
      ? comparisonJson(comparison, base, head)
      : markdown
        ? comparisonMarkdown(comparison)
        : renderComparison(comparison, summaryOptions(process.stdout)),
  )
}
