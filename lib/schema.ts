import * as v from 'valibot'
import { durationForms, sizeForms, toBytes, toMilliseconds } from './measure/index.ts'

/** Parts that the schemas of scripts are made of. Messages continue "X is <value>; it …" (script/problems.ts). */

/** Longer than this and it is a mistake; also what a 32-bit timer can wait. */
const longestMs = 20 * 24 * 3_600_000

/** A duration in milliseconds. */
export const duration = v.pipe(
  v.custom<number | string>((value) => toMilliseconds(value) !== undefined, `must be ${durationForms}`),
  v.transform((value) => toMilliseconds(value)!),
  v.maxValue(longestMs, 'must be at most 20 days'),
)

export const positiveDuration = v.pipe(
  duration,
  v.check((value) => value > 0, 'must be longer than 0'),
)

/** A size in bytes. */
export const size = v.pipe(
  v.custom<number | string>((value) => toBytes(value) !== undefined, `must be ${sizeForms}`),
  v.transform((value) => toBytes(value)!),
  v.maxValue(2 ** 40, 'must be at most 1 TiB'),
)

const ratePattern = /^(\d+(?:\.\d+)?)\/(s|m|h)$/
const secondsPer: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600 }
/** More than any generator can start; a number above it is a slip. */
export const highestRate = 10_000_000

function toRate(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  const match = typeof value === 'string' ? ratePattern.exec(value) : null
  return match ? Number(match[1]) / secondsPer[match[2]!]! : undefined
}

const rateForms = 'must be a rate such as 500 (a second), "500/s" or "30/m"'

/** Iterations a second; 0 is allowed, for stages that begin or end there. */
export const rateOrZero = v.pipe(
  v.custom<number | string>((value) => toRate(value) !== undefined, rateForms),
  v.transform((value) => toRate(value)!),
  v.minValue(0, 'must not be negative'),
  v.maxValue(highestRate, `must be at most ${highestRate.toLocaleString('en')} a second`),
)

export const positiveRate = v.pipe(
  rateOrZero,
  v.check((value) => value > 0, 'must be more than 0'),
)

/** A whole number within bounds. */
export function whole(least: number, most: number) {
  const message = `must be a whole number from ${least.toLocaleString('en')} to ${most.toLocaleString('en')}`
  return v.custom<number>(
    (value) => Number.isInteger(value) && (value as number) >= least && (value as number) <= most,
    message,
  )
}

export const share = v.custom<number>(
  (value) => typeof value === 'number' && value >= 0 && value <= 1,
  'must be a share from 0 to 1',
)

/** A name that can be a tag and part of a file name. */
export const name = v.custom<string>(
  (value) => typeof value === 'string' && /^[\w.:-]{1,64}$/.test(value),
  'must be 1 to 64 letters, digits, or _ - . :',
)

/** A NATS subject, wildcards allowed. */
export const subjectPattern = v.custom<string>(
  (value) => typeof value === 'string' && /^[^\s.]+(\.[^\s.]+)*$/.test(value) && !/>./.test(value),
  'must be a subject such as "orders.created", "orders.*" or "orders.>"',
)

export function oneOf<const T extends readonly string[]>(values: T) {
  return v.picklist(values, `must be ${values.map((value) => `"${value}"`).join(' or ')}`)
}

export const handler = v.custom<(...args: never[]) => unknown>(
  (value) => typeof value === 'function',
  'must be a function',
)
