import { Command } from 'commander'
import { exitCode, UserError } from '../errors.ts'
import {
  compare,
  comparisonJson,
  comparisonMarkdown,
  overall,
  parseWanted,
  type Report,
  readReport,
  renderComparison,
  summaryOptions,
  type Variable,
  variable,
} from '../report/index.ts'

interface CompareFlags {
  readonly baseline?: string
  readonly metric: readonly string[]
  readonly minChange: string
  readonly json?: boolean
  readonly markdown?: boolean
  readonly vary: readonly Variable[]
  readonly force?: boolean
}

/** `squall compare base/*.json -- head/*.json`: exits with 92 when something regressed. */
export function compareCommand(): Command {
  return new Command('compare')
    .description('compare the runs of two builds: base/*.json -- head/*.json')
    .argument('<reports...>', 'reports of the base, then -- and those of the head')
    .option('--baseline <label>', 'without --: the build label of the base; all others are the head')
    .option(
      '--metric <name>',
      'judge this instead: publish_latency{window:fault}:p99.9, publish_success:rate; may be repeated',
      (value: string, earlier: readonly string[]) => [...earlier, value],
      [],
    )
    .option('--min-change <percent>', 'the least change that matters', '5')
    .option('--json', 'print everything for programs')
    .option('--markdown', 'print a table for a pull request')
    .option('--vary <what>', `what the sides are meant to differ in: ${variable.join(', ')}; may be repeated`, vary, [])
    .option('--force', 'compare what is not comparable')
    .action(async (paths: string[], flags: CompareFlags) => {
      process.exitCode = await run(paths, flags)
    })
}

function vary(what: string, earlier: readonly Variable[]): Variable[] {
  const found = variable.find((one) => one === what)
  if (!found) throw new UserError(`--vary is "${what}"; it must be one of ${variable.join(', ')}`)
  return [...earlier, found]
}

async function run(paths: readonly string[], flags: CompareFlags): Promise<number> {
  const leastChange = Number(flags.minChange) / 100
  if (flags.minChange.trim() === '' || !(leastChange >= 0 && leastChange <= 10)) {
    throw new UserError(`--min-change is "${flags.minChange}"; it must be a percentage from 0 to 1000, such as 5`)
  }
  const [base, head] = await readSides(paths, flags.baseline)
  const wanted = flags.metric.map(parseWanted)
  const comparison = compare(base, head, {
    leastChange,
    force: flags.force === true,
    varied: flags.vary,
    ...(wanted.length > 0 && { wanted }),
  })
  process.stdout.write(
    flags.json
      ? comparisonJson(comparison, base, head)
      : flags.markdown
        ? comparisonMarkdown(comparison)
        : renderComparison(comparison, summaryOptions(process.stdout)),
  )
  return overall(comparison) === 'REGRESSED' ? exitCode.regression : exitCode.passed
}

async function readSides(paths: readonly string[], baseline: string | undefined): Promise<[Report[], Report[]]> {
  // Commander leaves the -- out of the arguments; what came after it is still at their end.
  const dashes = process.argv.indexOf('--')
  if (dashes < 0 && baseline === undefined) {
    throw new UserError(
      'It is not said which reports are the base; write base/*.json -- head/*.json, or --baseline LABEL',
    )
  }
  const reports: Report[] = []
  for (const path of paths) reports.push(await readReport(path))
  const split = paths.length - (process.argv.length - dashes - 1)
  const isBase = (report: Report, index: number) =>
    baseline === undefined ? index < split : report.build.label === baseline
  const base = reports.filter(isBase)
  const head = reports.filter((report, index) => !isBase(report, index))
  if (base.length > 0 && head.length > 0) return [base, head]
  const labels = [...new Set(reports.map(({ build }) => build.label))].join(', ')
  throw new UserError(
    `There is no report for the ${base.length === 0 ? 'base' : 'head'}; the builds given are: ${labels}`,
  )
}
