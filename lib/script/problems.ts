import { relative } from 'node:path'
import * as v from 'valibot'
import { placeIn, type Sources } from '../call-site.ts'
import { formatLocation, type SourceLocation, UserError } from '../errors.ts'
import { show } from '../show.ts'
import type { PathKey } from './literal.ts'
import { Locator } from './locate.ts'

interface Problem {
  readonly path: readonly PathKey[]
  readonly sentence: string
  /** Where it is when the path does not tell. */
  readonly place?: SourceLocation | undefined
}

/** So many are told at once; the rest is counted. */
const mostShown = 20
/** So many are looked at: a script that makes a million phases makes as many problems. */
const mostKept = 1_000

/** What is wrong with a script's exports, gathered so that all of it is told at once. */
export class Problems {
  readonly #sources: Sources
  readonly #locator: Locator
  readonly #found: Problem[] = []
  #count = 0

  /** `file` is the script's absolute path. */
  constructor(exports: Readonly<Record<string, unknown>>, file: string, sources: Sources) {
    this.#sources = sources
    this.#locator = new Locator(exports, file, sources)
  }

  get count(): number {
    return this.#count
  }

  /** Adds a problem; the sentence should name what is wrong, the value seen and what is allowed. */
  add(path: readonly PathKey[], sentence: string, place?: SourceLocation): void {
    this.#count += 1
    if (this.#found.length < mostKept) this.#found.push({ path, sentence, place })
  }

  /** A value of the script's as its schema makes it; undefined when there was a problem with it. */
  parse<S extends v.GenericSchema>(path: readonly PathKey[], schema: S, value: unknown): v.InferOutput<S> | undefined {
    const result = this.guard(path, () => v.safeParse(schema, value))
    if (result?.success) return result.output
    const refused = new Set<string>()
    for (const { path: below = [], message } of result?.issues ?? []) {
      const full = [...path, ...below.map(({ key }) => key as PathKey)]
      const where = pathText(full)
      // Of what a value must be, the first says enough.
      if (message.startsWith('must ') && refused.has(where)) continue
      refused.add(where)
      // The value as the script has it: the issue's own may be transformed.
      const seen = below.length > 0 ? below.at(-1)!.value : value
      this.add(full, sentenceOf(where, seen, message))
    }
    return undefined
  }

  /** The result of reading a value of the script's; a getter that throws is a problem and no crash. */
  guard<T>(path: readonly PathKey[], read: () => T): T | undefined {
    try {
      return read()
    } catch (error) {
      const place = error instanceof Error ? placeIn(error.stack, this.#sources) : undefined
      this.add(
        path,
        `${pathText(path)} could not be read: ${error instanceof Error ? error.message : show(error)}`,
        place,
      )
      return undefined
    }
  }

  /** Throws when there was any. */
  throwIfAny(): void {
    if (this.#count === 0) return
    const located = this.#found.map(({ path, sentence, place }) => {
      const { file, line, column } = place ?? this.#locator.locate(path)
      return { sentence, location: { file: relative(process.cwd(), file), line, column } }
    })
    // In the order of the script; what has no place comes first.
    located.sort(
      ({ location: a }, { location: b }) =>
        a.file.localeCompare(b.file) || (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0),
    )
    const lines = located
      .slice(0, mostShown)
      .map(({ location, sentence }) => `${formatLocation(location)}: ${sentence}`)
    const left = this.#count - lines.length
    throw new UserError([...lines, ...(left > 0 ? [`… and ${left.toLocaleString('en')} more`] : [])].join('\n'))
  }
}

/** See lib/schema.ts for how messages begin. */
function sentenceOf(where: string, seen: unknown, message: string): string {
  if (!message.startsWith('must ')) return `${where} ${message}`
  return `${where} is ${seen === undefined ? 'missing' : show(seen)}; it ${message}`
}

/** `phases[1].faults[0].fault.delay`. */
export function pathText(path: readonly PathKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`
    if (!/^[A-Za-z_$][\w$]*$/.test(key)) return `${text}[${JSON.stringify(key)}]`
    return text === '' ? key : `${text}.${key}`
  }, '')
}
