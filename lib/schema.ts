import * as v from 'valibot'
import { durationForms, sizeForms, toBytes, toMilliseconds } from './measure/index.ts'
import { suggest } from './suggest.ts'

/**
 * Parts that the schemas of scripts are made of. A message that begins with `must` continues "X is <value>; it …", any
 * other one "X …" (script/problems.ts).
 */

/** Is it an object that is no list? */
export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * An object of these keys and no others. `v.strictObject` stops at the first unknown key and knows no others to
 * suggest; this tells of each what was probably meant, and of a missing one what it must be.
 */
export function object<const E extends v.ObjectEntries>(entries: E) {
  const schema = v.pipe(
    v.custom<Record<string, unknown>>(isMap, 'must be an object'),
    v.looseObject(entries, ({ path }) => requirement(entries[String(path?.at(-1)?.key)])),
    v.rawCheck(({ dataset, addIssue }) => {
      if (typeof dataset.value !== 'object' || dataset.value === null) return
      const input: Record<string, unknown> = { ...dataset.value }
      for (const [key, value] of Object.entries(input)) {
        if (Object.hasOwn(entries, key)) continue
        addIssue({ message: notAnOption(key, entries), path: [{ type: 'object', origin: 'key', input, key, value }] })
      }
    }),
  )
  return schema as v.GenericSchema<unknown, v.InferOutput<v.StrictObjectSchema<E, undefined>>>
}

/** What a missing value should have been, in the words of its schema. */
function requirement(schema: v.ObjectEntries[string] | undefined): string {
  return v.safeParse(schema as v.GenericSchema, undefined).issues?.[0].message ?? ''
}

function notAnOption(key: string, entries: v.ObjectEntries): string {
  // Set by the builders.
  const options = Object.keys(entries).filter((option) => option !== 'kind')
  const meant = suggest(key, options)
  return `is not an option; ${meant ? `did you mean ${meant}?` : `the options are ${options.join(', ')}`}`
}

/** A list; `what` says of what. */
export function list<S extends v.GenericSchema>(item: S, what: string, { least = 0, most = 1_000 } = {}) {
  return v.pipe(
    v.custom<unknown[]>(Array.isArray, `must be a list of ${what}`),
    v.check(
      ({ length }) => length >= least && length <= most,
      ({ input: { length } }) =>
        `must have ${least} to ${most.toLocaleString('en')} ${what}, and has ${length.toLocaleString('en')}`,
    ),
    v.array(item),
  )
}

/** Longer than this and it is a mistake; also what a 32-bit timer can wait. */
export const longestMs = 20 * 24 * 3_600_000

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

/** Bytes a second, in kilobytes: Toxiproxy's unit. */
export const byteRate = v.pipe(
  v.custom<number | string>(
    (value) => kilobytes(value) !== undefined,
    'must be a rate such as "100KB/s", or a number of kilobytes a second',
  ),
  v.transform((value) => kilobytes(value)!),
)

function kilobytes(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 && value <= 1e9 ? value : undefined
  const size = typeof value === 'string' && value.endsWith('/s') ? toBytes(value.slice(0, -2)) : undefined
  return size === undefined ? undefined : size / 1_000
}

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
  'must be 1 to 64 of A–Z, a–z, 0–9, and _ - . :',
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
