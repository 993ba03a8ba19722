import { Command } from 'commander'
import { exitCode, UserError } from '../errors.ts'
import { compare, overall, type Report, readReport, type Variable, variable } from '../report/index.ts'
import {
  addComparisonOptions,
  type ComparisonFlags,
  comparisonOptionsFrom,
  printComparison,
} from './comparison-options.ts'

interface CompareFlags extends ComparisonFlags {
  readonly baseline?: string
  readonly vary: readonly Variable[]
}

/** `squall compare base/*.json -- head/*.json`: exits with 92 when something regressed. */
export function compareCommand(): Command {
  const command = new Command('compare')
    .description('compare the runs of two builds: base/*.json -- head/*.json')
    .argument('<reports...>', 'reports of the base, then -- and those of the head')
    .option('--baseline <label>', 'without --: the build label of the base; all others are the head')
    .option('--vary <what>', `what the sides are meant to differ in: ${variable.join(', ')}; may be repeated`, vary, [])
  return addComparisonOptions(command).action(async (paths: string[], flags: CompareFlags) => {
    process.exitCode = await run(paths, flags)
  })
}

function vary(what: string, earlier: readonly Variable[]): Variable[] {
  const found = variable.find((one) => one === what)
  if (!found) throw new UserError(`--vary is "${what}"; it must be one of ${variable.join(', ')}`)
  return [...earlier, found]
}

async function run(paths: readonly string[], flags: CompareFlags): Promise<number> {
  const options = comparisonOptionsFrom(flags)
  const [base, head] = await readSides(paths, flags.baseline)
  const comparison = compare(base, head, { ...options, varied: flags.vary })
  await printComparison(flags, comparison, base, head)
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
  const option = paths.find((path) => path.startsWith('--'))
  if (option !== undefined) {
    throw new UserError(`${option} stands after --, where there are only reports; write it before them`)
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
