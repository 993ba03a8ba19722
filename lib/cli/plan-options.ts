import { randomInt } from 'node:crypto'
import type { Command } from 'commander'
import { UserError } from '../errors.ts'
import { defaultMaxLagMs, parseDuration } from '../measure/index.ts'
import type { PlanOptions } from '../script/index.ts'

/** The options that `run` and `inspect` share, as commander gives them. */
export interface PlanFlags {
  readonly env: readonly string[]
  readonly timeScale?: string
  readonly seed?: string
  readonly maxLag?: string
}

/** Adds the options that change what a script's plan means. */
export function addPlanOptions(command: Command): Command {
  return command
    .option('-e, --env <K=V>', 'environment variable for the script; may be repeated', collect, [])
    .option('--time-scale <factor>', 'factor on phase durations and fault times, never on ack timeouts')
    .option('--seed <number>', 'seed of everything random; drawn and reported when left out')
    .option(
      '--max-lag <duration>',
      `how late iterations may start at p99 before a run can be INVALID (default: ${defaultMaxLagMs}ms)`,
    )
}

/** Throws a {@link UserError} for a value that an option can't take. */
export function planOptionsFrom({ env, timeScale, seed, maxLag }: PlanFlags): PlanOptions {
  return {
    env: Object.fromEntries(env.map(parsePair)),
    timeScale: timeScale === undefined ? 1 : parseScale(timeScale),
    seed: seed === undefined ? randomInt(2 ** 32) : parseSeed(seed),
    maxLagMs: maxLag === undefined ? defaultMaxLagMs : parseDuration(maxLag, '--max-lag'),
  }
}

function collect(value: string, earlier: readonly string[]): string[] {
  return [...earlier, value]
}

function parsePair(pair: string): [string, string] {
  const equals = pair.indexOf('=')
  if (equals < 1) throw new UserError(`--env is "${pair}"; it must be NAME=VALUE`)
  return [pair.slice(0, equals), pair.slice(equals + 1)]
}

/** NaN for what is no number, of which `Number` takes the empty text for 0. */
function numberIn(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text)
}

function parseScale(text: string): number {
  const scale = numberIn(text)
  if (!(scale > 0 && scale <= 1_000))
    throw new UserError(`--time-scale is "${text}"; it must be a number above 0 and at most 1,000, such as 0.02`)
  return scale
}

function parseSeed(text: string): number {
  const seed = numberIn(text)
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) {
    throw new UserError(`--seed is "${text}"; it must be a whole number from 0 to 4294967295`)
  }
  return seed
}
