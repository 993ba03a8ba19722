import { createHash } from 'node:crypto'
import { basename, extname, join, resolve } from 'node:path'
import { Command } from 'commander'
import { commitOf, type DuelSettings, duel, parseSides, type Side } from '../duel/index.ts'
import { exitCode, UserError } from '../errors.ts'
import { leastRuns, overall } from '../report/index.ts'
import {
  addComparisonOptions,
  type ComparisonFlags,
  comparisonOptionsFrom,
  printComparison,
} from './comparison-options.ts'
import { onInterrupt } from './interrupt.ts'

interface DuelFlags extends ComparisonFlags {
  readonly a: readonly string[]
  readonly b: readonly string[]
  readonly both: readonly string[]
  readonly runs: string
  readonly seed: string
  readonly out?: string
  readonly calibrate?: boolean
  readonly earlyStop?: boolean
}

/** `squall duel script.ts --a nats-server=OLD --b nats-server=NEW`: runs both by turns, and compares. */
export function duelCommand(): Command {
  const collect = (value: string, earlier: readonly string[]) => [...earlier, value]
  const command = new Command('duel')
    .description('run two sides by turns on this machine, and compare them')
    .argument('<script>', 'the scenario script that both sides run')
    .option(
      '--a <key=value>',
      'of side A, the base: nats-server=PATH, env.NAME=VALUE, ref=GIT, …; may be repeated',
      collect,
      [],
    )
    .option('--b <key=value>', 'of side B, the head', collect, [])
    .option('--both <key=value>', 'of both sides', collect, [])
    .option('-n, --runs <count>', 'runs of each side', '8')
    .option('--seed <number>', 'seed of the order and of the runs', '1')
    .option('--calibrate', 'run A against itself first, to see what the machine makes of no difference')
    .option('--early-stop', 'look once before the end, and stop if a regression is beyond doubt')
    .option(
      '-o, --out <folder>',
      'where runs and state go; a duel found there goes on (default: squall-duels/<script>-<hash>)',
    )
  return addComparisonOptions(command).action(async (script: string, flags: DuelFlags) => {
    process.exitCode = await run(script, flags)
  })
}

async function run(script: string, flags: DuelFlags): Promise<number> {
  const options = comparisonOptionsFrom(flags)
  const settings = await settingsFrom(script, flags)
  const hash = createHash('sha256').update(JSON.stringify(settings)).digest('hex').slice(0, 8)
  const folder = flags.out ?? join('squall-duels', `${basename(script, extname(script))}-${hash}`)
  const interrupt = new AbortController()
  onInterrupt(interrupt)
  const say = (line: string) => process.stderr.write(`${line}\n`)
  if (settings.runs < leastRuns)
    say(`-n ${settings.runs} describes, but can not be judged: a verdict takes -n ${leastRuns}.`)
  const { base, head, comparison } = await duel({
    settings,
    folder: resolve(folder),
    compare: options,
    interrupt: interrupt.signal,
    say,
  })
  const html = flags.html ?? join(folder, 'comparison.html')
  await printComparison({ ...flags, html }, comparison, base, head)
  say(`runs: ${folder}`)
  return overall(comparison) === 'REGRESSED' ? exitCode.regression : exitCode.passed
}

async function settingsFrom(script: string, flags: DuelFlags): Promise<DuelSettings> {
  const runs = Number(flags.runs)
  if (!Number.isInteger(runs) || runs < 1 || runs > 1_000) {
    throw new UserError(
      `--runs is "${flags.runs}"; it must be a whole number from 1 to 1000; verdicts take ${leastRuns}`,
    )
  }
  const seed = Number(flags.seed)
  if (flags.seed.trim() === '' || !Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) {
    throw new UserError(`--seed is "${flags.seed}"; it must be a whole number from 0 to 4294967295`)
  }
  const [a, b] = parseSides(flags.a, flags.b, flags.both)
  const sides = [await pinned(script, a), await pinned(script, b)] as const
  return {
    script: resolve(script),
    sides,
    runs,
    seed,
    calibrate: flags.calibrate === true,
    earlyStop: flags.earlyStop === true,
  }
}

/** A branch may move while the duel goes on; a commit does not. */
async function pinned(script: string, side: Side): Promise<Side> {
  const { ref } = side.settings
  if (ref === undefined) return side
  return { ...side, settings: { ...side.settings, ref: await commitOf(script, ref) } }
}
