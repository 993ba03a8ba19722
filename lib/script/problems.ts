import type * as v from 'valibot'
import { formatLocation, UserError } from '../errors.ts'
import { locate, type PathKey } from './locate.ts'
import { suggest } from './suggest.ts'

/** What is wrong with a script's exports, gathered so that all of it is told at once. */
export class Problems {
  readonly #file: string
  readonly #source: string
  readonly #exports: Readonly<Record<string, unknown>>
  readonly #found: string[] = []

  constructor(file: string, source: string, exports: Readonly<Record<string, unknown>>) {
    this.#file = file
    this.#source = source
    this.#exports = exports
  }

  /** Adds a problem; the sentence should name what is wrong, the value seen and what is allowed. */
  add(path: readonly PathKey[], sentence: string): void {
    const location = path.length === 0 ? { file: this.#file } : locate(this.#exports, path, this.#file, this.#source)
    this.#found.push(`${formatLocation(location)}: ${sentence}`)
  }

  /** Adds what a schema found at `path`. */
  addIssues(path: readonly PathKey[], issues: readonly v.BaseIssue<unknown>[]): void {
    for (const issue of issues) {
      const full = [...path, ...(issue.path?.map(({ key }) => key as PathKey) ?? [])]
      this.add(full, sentenceFor(full, issue))
    }
  }

  /** Throws when there was any. */
  throwIfAny(): void {
    if (this.#found.length === 0) return
    const most = 10
    const left = this.#found.length - most
    const more = left > 0 ? [`… and ${left} more`] : []
    throw new UserError([...this.#found.slice(0, most), ...more].join('\n'))
  }
}

function sentenceFor(path: readonly PathKey[], issue: v.BaseIssue<unknown>): string {
  const where = pathText(path)
  if (issue.type === 'strict_object') {
    const key = String(path.at(-1) ?? '')
    const allowed = allowedKeys(issue)
    if (issue.expected === 'never') {
      const meant = suggest(key, allowed)
      const hint = meant ? `did you mean ${meant}?` : `it must be one of ${allowed.join(', ')}`
      return `${where} is not an option; ${hint}`
    }
    if (issue.received === 'undefined' && issue.expected !== 'Object') return `${where} is missing`
    return `${where} is ${show(issue.input)}; it must be an object`
  }
  // A missing value has no path of its own kind in valibot: its schema says what it should have been.
  const seen = issue.input === undefined ? 'missing' : show(issue.input)
  const isWhole = issue.type === 'check' || issue.type === 'raw_check'
  return isWhole && issue.message.startsWith('has ')
    ? `${where} ${issue.message}`
    : `${where} is ${seen}; it ${mustBe(issue)}`
}

/** Our own messages begin with what is allowed; valibot's own say it in its words. */
function mustBe({ message, expected }: v.BaseIssue<unknown>): string {
  return /^(must|has|stays) /.test(message) ? message : `must be ${expected ?? message}`
}

/** The keys of the object that a strict_object issue is about. */
function allowedKeys(issue: v.BaseIssue<unknown>): string[] {
  const { entries } = issue as { entries?: Record<string, unknown> }
  return Object.keys(entries ?? {})
}

/** `phases[1].faults[0].fault.delay`. */
export function pathText(path: readonly PathKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`
    if (!/^[A-Za-z_$][\w$]*$/.test(key)) return `${text}[${JSON.stringify(key)}]`
    return text === '' ? key : `${text}.${key}`
  }, '')
}

/** A value as a reader recognises it, cut short. */
export function show(value: unknown): string {
  const text =
    typeof value === 'function'
      ? 'a function'
      : typeof value === 'number' || typeof value === 'bigint' || value === undefined
        ? String(value)
        : (safeJson(value) ?? String(value))
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

function safeJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value)
  } catch {
    return undefined
  }
}
