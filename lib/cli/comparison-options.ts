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
  renderComparisonPage,
  summaryOptions,
  type Wanted,
  writeOutput,
} from '../report/index.ts'

/** The options that say which figures, as commander gives them: of `history`, `compare` and `duel`. */
export interface FigureFlags {
  readonly metric: readonly string[]
  readonly minChange: string
}

/** The options that `compare` and `duel` share. */
export interface ComparisonFlags extends FigureFlags {
  readonly json?: boolean
  readonly markdown?: boolean
  readonly html?: string
  readonly force?: boolean
}

/** Adds which figures, and from what change on. */
export function addFigureOptions(command: Command): Command {
  return command
    .option(
      '--metric <name>',
      'this instead of the usual ones: publish_latency{window:fault}:p99.9, publish_success:rate; may be repeated',
      (value: string, earlier: readonly string[]) => [...earlier, value],
      [],
    )
    .option('--min-change <percent>', 'the least change that matters', '5')
}

/** Adds what is to be compared, and how it is shown. */
export function addComparisonOptions(command: Command): Command {
  return addFigureOptions(command)
    .option('--json', 'print everything for programs')
    .option('--markdown', 'print a table for a pull request')
    .option('--html <file>', 'write a page to look at as well, offline')
    .option('--force', 'compare what is not comparable')
}

/** `leastChange` is a share. @throws UserError for a value that an option can't take. */
export function figureOptionsFrom({ metric, minChange }: FigureFlags): {
  readonly leastChange: number
  readonly wanted?: readonly Wanted[]
} {
  const leastChange = Number(minChange) / 100
  if (minChange.trim() === '' || !(leastChange >= 0 && leastChange <= 10)) {
    throw new UserError(`--min-change is "${minChange}"; it must be a percentage from 0 to 1000, such as 5`)
  }
  return { leastChange, ...(metric.length > 0 && { wanted: metric.map(parseWanted) }) }
}

/** @throws UserError for a value that an option can't take. */
export function comparisonOptionsFrom(flags: ComparisonFlags): CompareOptions {
  return { ...figureOptionsFrom(flags), force: flags.force === true }
}

/** On stdout, as asked for; the page where it is to go. */
export async function printComparison(
  { json, markdown, html }: ComparisonFlags,
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
  if (html !== undefined) await writePage(await renderComparisonPage(comparison, base, head), html)
}

/** Says where it is on stderr: stdout may be read by a program. */
export async function writePage(page: string, file: string): Promise<void> {
  await writeOutput(page, file)
  process.stderr.write(`page: ${file}\n`)
}
