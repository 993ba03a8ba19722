import { Command, Option } from 'commander'
import {
  acquireBinary,
  acquireSteps,
  type BinaryName,
  binaries,
  binaryNames,
  type FoundBinary,
  isOlderThanPinned,
  lookUp,
} from '../binaries/index.ts'
import { exitCode, formatError, UserError } from '../errors.ts'

interface SetupOptions {
  readonly only?: readonly BinaryName[]
  readonly from?: readonly string[]
  readonly force?: boolean
  readonly offline?: boolean
}

const ways = acquireSteps.map((step) => step.id)

/** `squall setup`: finds or gets the programs that Squall runs, and says what it does. */
export function setupCommand(): Command {
  return new Command('setup')
    .description('find or get nats-server, toxiproxy-server and haproxy, printing each step')
    .addOption(new Option('--only <names>', 'just these, separated by commas').argParser(parseList(binaryNames)))
    .addOption(new Option('--from <ways>', `just in these ways: ${ways.join(', ')}`).argParser(parseList(ways)))
    .option('--force', 'get them into the cache even where one was found')
    .option('--offline', 'fetch nothing')
    .action(setup)
}

async function setup(options: SetupOptions): Promise<void> {
  const interrupt = new AbortController()
  const onSignal = () => {
    interrupt.abort(
      new UserError('Set-up was interrupted; what was not finished is removed.', { exitCode: exitCode.interrupted }),
    )
  }
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal)
  try {
    const found: FoundBinary[] = []
    for (const name of options.only ?? binaryNames) {
      const binary = await provide(name, options, interrupt.signal)
      if (binary) found.push(binary)
    }
    print('')
    for (const { name, version, path, sha256 } of found) print(`${name} ${version}\n  ${path}\n  sha256 ${sha256}`)
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
  }
}

/** Undefined when it could not be got and a run does without it. */
async function provide(
  name: BinaryName,
  { force = false, offline = false, from, only }: SetupOptions,
  signal: AbortSignal,
): Promise<FoundBinary | undefined> {
  const log = (line: string) => print(`${name}: ${line}`)
  const result = await lookUp(name)
  if (result.state === 'found') {
    log(`found (${result.binary.source}): ${result.binary.version} in ${result.binary.path}`)
    if (!force) {
      warnOfAge(result.binary, log)
      return result.binary
    }
  }
  if (result.state === 'absent') log(`not in ${binaries[name].variable}, PATH or the cache`)
  try {
    const steps = from ? acquireSteps.filter((step) => from.includes(step.id)) : acquireSteps
    const acquired = await acquireBinary(name, { log, force, offline, steps, signal })
    if (result.state === 'found' && result.binary.source !== 'cache') {
      log(`runs go on using ${result.binary.path}: ${result.binary.source} comes before the cache`)
    }
    return acquired
  } catch (error) {
    if (signal.aborted || binaries[name].required || only || !(error instanceof UserError)) throw error
    log(`${formatError(error)}\n${name} is optional: ${binaries[name].without}.`)
    return undefined
  }
}

function warnOfAge({ name, version, source }: FoundBinary, log: (line: string) => void): void {
  const binary = binaries[name]
  if (!isOlderThanPinned(binary, version)) return
  const again = source === 'cache' ? '`squall setup --force`' : `\`squall setup --force\` and ${binary.variable}`
  log(`${version} is older than ${binary.version}, which Squall is tested with; to change that: ${again}`)
}

/** A commander argument parser for a comma-separated list of known words. */
function parseList<T extends string>(allowed: readonly T[]): (value: string) => T[] {
  return (value) =>
    value.split(',').map((part) => {
      const word = allowed.find((known) => known === part.trim())
      if (word === undefined) throw new UserError(`"${part}" is not one of: ${allowed.join(', ')}.`)
      return word
    })
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
