import { resolve } from 'node:path'
import { UserError } from '../errors.ts'
import type { Variable } from '../report/index.ts'
import { suggest } from '../suggest.ts'

/** Options of `squall run` that a side may have of its own. */
const runOptions = [
  'nats-server',
  'toxiproxy',
  'toxiproxy-server',
  'haproxy',
  'driver',
  'pacing',
  'time-scale',
  'max-lag',
  'drain',
] as const
const paths: readonly string[] = ['nats-server', 'toxiproxy-server', 'haproxy']
const names = [...runOptions, 'env.NAME', 'ref', 'label']

/** What one side of a duel runs with, as `key=value`; plain data. */
export interface Side {
  readonly label: string
  readonly settings: Readonly<Record<string, string>>
}

/** Both sides from `--a`, `--b` and what they share. @throws UserError for a setting that there is not. */
export function parseSides(a: readonly string[], b: readonly string[], both: readonly string[]): [Side, Side] {
  const shared = parseSettings(both, '--both')
  const own = [parseSettings(a, '--a'), parseSettings(b, '--b')] as const
  const labels = own.map((settings) => settings.label ?? labelOf(settings))
  // Two sides with one name could not be told apart.
  const same = labels[0] === labels[1]
  const side = (index: 0 | 1, letter: string): Side => {
    const { label: _, ...settings } = { ...shared, ...own[index] }
    return { label: same ? [labels[index], letter].filter(Boolean).join(' ') : labels[index] || letter, settings }
  }
  return [side(0, 'A'), side(1, 'B')]
}

function parseSettings(texts: readonly string[], option: string): Record<string, string> {
  const settings: Record<string, string> = {}
  for (const text of texts) {
    const equals = text.indexOf('=')
    const key = equals < 1 ? text : text.slice(0, equals)
    const value = text.slice(equals + 1)
    if (equals < 1 || value === '') {
      throw new UserError(`${option} is "${text}"; it must be KEY=VALUE, with ${names.join(', ')}`)
    }
    const isKnown = names.includes(key) || /^env\.[^=]+$/.test(key)
    if (!isKnown || key === 'env.NAME') {
      const meant = suggest(key, names)
      throw new UserError(`${option} has no ${key}; it has ${names.join(', ')}`, {
        hint: meant && `Did you mean ${meant}?`,
      })
    }
    settings[key] = paths.includes(key) ? resolve(value) : value
  }
  return settings
}

function labelOf(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ')
}

/** What `squall run` is given for a side, besides script, report and seed. */
export function argumentsOf({ label, settings }: Side): string[] {
  return [
    '--build',
    label,
    ...Object.entries(settings).flatMap(([key, value]) => {
      if (key === 'ref') return []
      return key.startsWith('env.') ? ['--env', `${key.slice(4)}=${value}`] : [`--${key}`, value]
    }),
  ]
}

/** What the sides are meant to differ in. */
export function variedBy([a, b]: readonly [Side, Side]): Variable[] {
  const differing = [...new Set([...Object.keys(a.settings), ...Object.keys(b.settings)])].filter(
    (key) => a.settings[key] !== b.settings[key],
  )
  return [
    ...new Set(
      differing.flatMap((key): Variable[] => {
        if (key.startsWith('env.')) return ['env']
        if (key === 'ref') return ['script']
        if (key === 'toxiproxy' || key === 'driver' || key === 'pacing') return [key]
        return key === 'time-scale' ? ['time-scale', 'phases'] : []
      }),
    ),
  ]
}
