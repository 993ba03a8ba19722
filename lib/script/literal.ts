import { structure } from './structure.ts'

/** Of an object, or an index of a list. */
export type PathKey = string | number

/** An exported declaration: where its name is, and where its value begins when that can be told. */
export interface Declaration {
  readonly offset: number
  readonly value: number | undefined
}

/** Where a walk into a literal ended: offset of the key or entry, and how many keys of the path it took to get there. */
export interface Reached {
  readonly offset: number
  readonly taken: number
}

/**
 * A source file, read just well enough to find where a value is written: exported constants, list and object literals,
 * and the object among a call's arguments. Whatever else it meets, it gives up: no line is better than a wrong one.
 */
export class Literal {
  readonly #source: string
  readonly #code: string

  constructor(source: string) {
    this.#source = source
    this.#code = structure(source)
  }

  /** `export const NAME = …`, `export function NAME`, `export default …`, when there is exactly one. */
  declaration(name: string): Declaration | undefined {
    const pattern =
      name === 'default'
        ? /\bexport\s+(default)\b/g
        : new RegExp(`\\bexport\\s+(?:const|let|var|(?:async\\s+)?function\\*?)\\s+(${escaped(name)})(?![\\w$])`, 'g')
    const [match, another] = this.#code.matchAll(pattern)
    if (!match || another) return undefined
    const isConstant = /^export\s+const\s/.test(match[0])
    const value = isConstant ? this.#initializer(match.index + match[0].length) : undefined
    return { offset: match.index, value }
  }

  /** From the list or object at `offset` along a path, as far as is certain. */
  follow(offset: number, path: readonly PathKey[]): Reached {
    let reached: Reached = { offset, taken: 0 }
    let value: number | undefined = offset
    for (const key of path) {
      const child: Child | undefined = value === undefined ? undefined : this.#child(value, key)
      if (!child) break
      reached = { offset: child.at, taken: reached.taken + 1 }
      value = child.value
    }
    return reached
  }

  /** From the call at `offset` to a key of the object among its arguments, as in `latency({ delay: '50ms' })`. */
  followCall(offset: number, [key, ...rest]: readonly PathKey[]): Reached {
    const child = typeof key === 'string' ? this.#argument(offset, key) : undefined
    if (!child) return { offset, taken: 0 }
    const further = child.value === undefined ? undefined : this.follow(child.value, rest)
    return further?.taken ? { ...further, taken: further.taken + 1 } : { offset: child.at, taken: 1 }
  }

  /** Lines and columns count from 1. */
  position(offset: number): { line: number; column: number } {
    const before = this.#source.slice(0, offset).split('\n')
    return { line: before.length, column: before.at(-1)!.length + 1 }
  }

  offsetOf(line: number, column: number): number {
    const before = this.#source.split('\n').slice(0, line - 1)
    return before.reduce((sum, { length }) => sum + length + 1, column - 1)
  }

  /** Past the type of a constant, where its value begins. */
  #initializer(from: number): number | undefined {
    let depth = 0
    for (let index = from; index < this.#code.length; index += 1) {
      const character = this.#code[index]!
      if ('([{'.includes(character)) depth += 1
      else if (')]}'.includes(character)) depth -= 1
      else if (character === '=' && depth === 0 && this.#code[index + 1] !== '>') return this.#nonSpace(index + 1)
    }
    return undefined
  }

  #child(offset: number, key: PathKey): Child | undefined {
    const open = this.#code[offset]
    if (open === '[' && typeof key === 'number') return this.#entry(offset, key)
    if (open === '{' && typeof key === 'string') return this.#property(offset, key)
    return undefined
  }

  #entry(offset: number, index: number): Child | undefined {
    const parts = this.#parts(offset)?.slice(0, index + 1)
    if (!parts || parts.length <= index || parts.some(({ start }) => this.#isSpread(start))) return undefined
    return { at: parts[index]!.start, value: parts[index]!.start }
  }

  #property(offset: number, key: string): Child | undefined {
    let found: Child | undefined
    for (const { start, end } of this.#parts(offset) ?? []) {
      const property = /^(?:(?:get|set|async)\s+)?(?:([A-Za-z_$][\w$]*)|(['"])(.*?)\2|(\d+))\s*([:(]|$)/.exec(
        this.#source.slice(start, end).trimEnd(),
      )
      // A spread or a computed key may be this one, and what comes later wins.
      if (!property) found = undefined
      else if ((property[1] ?? property[3] ?? property[4]) === key) {
        const value = property[5] === ':' ? this.#nonSpace(start + property[0].length) : undefined
        found = { at: start, value }
      }
    }
    return found
  }

  #argument(offset: number, key: string): Child | undefined {
    const call = /^[\w$.]+\s*\(/.exec(this.#code.slice(offset, offset + 200))
    if (!call) return undefined
    const objects = this.#parts(offset + call[0].length - 1)?.filter(({ start }) => this.#code[start] === '{')
    return objects?.map(({ start }) => this.#property(start, key)).find((child) => child !== undefined)
  }

  #isSpread(offset: number): boolean {
    return this.#code.startsWith('...', offset)
  }

  /** What stands between the bracket at `open` and its partner, by commas; undefined if that is not the whole value. */
  #parts(open: number): { start: number; end: number }[] | undefined {
    const parts: { start: number; end: number }[] = []
    let depth = 0
    let start = open + 1
    for (let index = open; index < this.#code.length; index += 1) {
      const character = this.#code[index]!
      if ('([{'.includes(character)) depth += 1
      else if (')]}'.includes(character)) depth -= 1
      if (depth > 1 || (depth === 1 && character !== ',')) continue
      if (this.#code.slice(start, index).trim() !== '') parts.push({ start: this.#nonSpace(start), end: index })
      else if (depth > 0) return undefined
      start = index + 1
      if (depth === 0) return this.#goesOn(index + 1) ? undefined : parts
    }
    return undefined
  }

  /** Is the literal that ends here a part of something else, such as `[…].map(…)`? */
  #goesOn(offset: number): boolean {
    return '.[(?!+-*/%&|<>^'.includes(this.#code[this.#nonSpace(offset)] ?? ';')
  }

  #nonSpace(offset: number): number {
    let index = offset
    while (/\s/.test(this.#code[index] ?? '')) index += 1
    return index
  }
}

/** Where a key or entry is, and where its value begins. */
interface Child {
  readonly at: number
  readonly value: number | undefined
}

function escaped(name: string): string {
  return name.replaceAll('$', '\\$')
}
