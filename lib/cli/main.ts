#!/usr/bin/env node
import { Command, CommanderError } from 'commander'
import { exitCode, formatError, UserError } from '../errors.ts'
import { readEnvironment } from '../report/index.ts'
import { compareCommand } from './compare.ts'
import { doctorCommand } from './doctor.ts'
import { duelCommand } from './duel.ts'
import { historyCommand } from './history.ts'
import { inspectCommand } from './inspect.ts'
import { newCommand } from './new.ts'
import { reportCommand } from './report.ts'
import { runCommand } from './run.ts'
import { setupCommand } from './setup.ts'

const program = new Command('squall')
  .description('Load and fault script runner for NATS and JetStream')
  .version(readEnvironment().squall)
  .option('--verbose', 'show stack traces of errors')
  .exitOverride()
  .configureOutput({ writeErr: (text) => process.stderr.write(text) })

for (const command of [
  runCommand(),
  inspectCommand(),
  newCommand(),
  reportCommand(),
  compareCommand(),
  duelCommand(),
  historyCommand(),
  setupCommand(),
  doctorCommand(),
]) {
  // Not inherited by commands that were made elsewhere.
  program.addCommand(command.exitOverride())
}

// `squall report run.json | head` has read enough: that is no error.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
}

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = fail(error)
}
// A control call to a Toxiproxy that never answers can't be taken back, and would keep the process for minutes.
for (const stream of [process.stdout, process.stderr])
  await new Promise((resolve) => stream.write('', () => resolve(undefined)))
process.exit()

/** Prints what a user should see of an error; returns the exit code. */
function fail(error: unknown): number {
  // Commander has said it already; --help and --version end in one too.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCode.badInput
  const { verbose = false } = program.opts<{ verbose?: boolean }>()
  process.stderr.write(`${formatError(error, { verbose: verbose || !(error instanceof UserError) })}\n`)
  return error instanceof UserError ? error.exitCode : 1
}
