import { UserError } from '../errors.ts'

/** A duration: milliseconds, or a number with a unit such as `'250ms'`, `'1.5s'`, `'1h30m'`. */
export type Duration = number | string
/** A size in bytes, or a number with a unit such as `'512B'`, `'4KB'` (1 000), `'4KiB'` (1 024). */
export type Size = number | string

const durationUnits: Readonly<Record<string, number>> = {
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1e3,
  m: 6e4,
  h: 3.6e6,
  d: 8.64e7,
}
const sizeUnits: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
}

const durationPart = /(\d+(?:\.\d+)?)(us|µs|ms|s|m|h|d)/gy
const sizePattern = /^(\d+(?:\.\d+)?)\s*([KMG]i?B|B)$/

export const durationForms = 'a duration such as "250ms", "30s", "1h30m", or a number of milliseconds'
export const sizeForms = 'a size such as "512B", "4KB", "1MiB", or a number of bytes'

/** Milliseconds, or `undefined` when the value is not a finite, non-negative duration. */
export function toMilliseconds(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? value : undefined
  if (typeof value !== 'string' || value === '') return undefined
  let total = 0
  durationPart.lastIndex = 0
  while (durationPart.lastIndex < value.length) {
    const match = durationPart.exec(value)
    if (!match) return undefined
    total += Number(match[1]) * durationUnits[match[2]!]!
  }
  return Number.isFinite(total) ? total : undefined
}

/** Bytes, rounded to a whole one, or `undefined` when the value is not a finite, non-negative size. */
export function toBytes(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? Math.round(value) : undefined
  if (typeof value !== 'string') return undefined
  const match = sizePattern.exec(value)
  return match ? Math.round(Number(match[1]) * sizeUnits[match[2]!]!) : undefined
}

/** Milliseconds; throws a {@link UserError} that names `what` and the value seen. */
export function parseDuration(value: unknown, what: string): number {
  const milliseconds = toMilliseconds(value)
  if (milliseconds === undefined)
    throw new UserError(`${what} is ${JSON.stringify(value)}; it must be ${durationForms}`)
  return milliseconds
}

/** A duration for people, at most four significant digits: `12.3µs`, `4.56ms`, `1.5s`, `2m30s`, `1h15m`. */
export function formatDuration(milliseconds: number): string {
  if (!Number.isFinite(milliseconds)) return '–'
  if (milliseconds < 0) return `-${formatDuration(-milliseconds)}`
  if (milliseconds === 0) return '0s'
  if (milliseconds < 1) return `${significant(milliseconds * 1e3)}µs`
  if (milliseconds < 1e3) return `${significant(milliseconds)}ms`
  if (milliseconds < 6e4) return `${significant(milliseconds / 1e3)}s`
  const seconds = Math.round(milliseconds / 1e3)
  const parts = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor((seconds % 3600) / 60), 'm'],
    [seconds % 60, 's'],
  ] as const
  return parts
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount}${unit}`)
    .join('')
}

/** A count or rate for people: `950`, `12.3k`, `4.56M`. */
export function formatCount(count: number): string {
  if (!Number.isFinite(count)) return '–'
  const size = Math.abs(count)
  if (size >= 1e9) return `${significant(count / 1e9)}G`
  if (size >= 1e6) return `${significant(count / 1e6)}M`
  if (size >= 1e4) return `${significant(count / 1e3)}k`
  return String(significant(count, 4))
}

/** Bytes for people, in decimal units: `812B`, `4.1KB`, `1.2GB`. */
export function formatSize(bytes: number): string {
  if (bytes >= 1e9) return `${significant(bytes / 1e9)}GB`
  if (bytes >= 1e6) return `${significant(bytes / 1e6)}MB`
  if (bytes >= 1e3) return `${significant(bytes / 1e3)}KB`
  return `${significant(bytes)}B`
}

function significant(value: number, digits = 3): number {
  return Number(value.toPrecision(digits))
}
