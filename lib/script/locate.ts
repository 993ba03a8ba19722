import { callSiteOf, type Sources } from '../call-site.ts'
import type { SourceLocation } from '../errors.ts'
import { Literal, type PathKey } from './literal.ts'

interface Found {
  readonly location: SourceLocation
  /** How many keys of the path lead there. */
  readonly depth: number
}

/** Finds where the values that a script exports are written. */
export class Locator {
  readonly #exports: Readonly<Record<string, unknown>>
  readonly #file: string
  readonly #sources: Sources
  readonly #literals = new Map<string, Literal>()

  /** `file` is the script's absolute path. */
  constructor(exports: Readonly<Record<string, unknown>>, file: string, sources: Sources) {
    this.#exports = exports
    this.#file = file
    this.#sources = sources
  }

  /**
   * As near as can be told without a wrong line: the key itself; else the list entry, builder call or export around it;
   * failing all, the file alone.
   */
  locate(path: readonly PathKey[]): SourceLocation {
    const written = this.#inLiteral(path)
    const built = this.#inCall(path)
    if (built && built.depth > (written?.depth ?? -1)) return built.location
    return written?.location ?? { file: this.#file }
  }

  #inLiteral([name, ...path]: readonly PathKey[]): Found | undefined {
    const literal = this.#literal(this.#file)
    const declaration = typeof name === 'string' ? literal.declaration(name) : undefined
    if (!declaration) return undefined
    const reached = declaration.value === undefined ? undefined : literal.follow(declaration.value, path)
    const offset = reached?.taken ? reached.offset : declaration.offset
    return { location: { file: this.#file, ...literal.position(offset) }, depth: 1 + (reached?.taken ?? 0) }
  }

  /** From the innermost object on the path that a builder made. */
  #inCall(path: readonly PathKey[]): Found | undefined {
    let value: unknown = this.#exports
    let found: Found | undefined
    for (const [index, key] of path.entries()) {
      if (typeof value !== 'object' || value === null) break
      value = Object.getOwnPropertyDescriptor(value, key)?.value
      const location = callSiteOf(value, this.#sources)
      if (location) found = { location, depth: index + 1 }
    }
    return found && this.#intoCall(found, path.slice(found.depth))
  }

  #intoCall({ location, depth }: Found, path: readonly PathKey[]): Found {
    const literal = this.#literal(location.file)
    const { offset, taken } = literal.followCall(literal.offsetOf(location.line!, location.column!), path)
    if (taken === 0) return { location, depth }
    return { location: { file: location.file, ...literal.position(offset) }, depth: depth + taken }
  }

  #literal(file: string): Literal {
    let literal = this.#literals.get(file)
    if (!literal) {
      literal = new Literal(this.#sources.get(file) ?? '')
      this.#literals.set(file, literal)
    }
    return literal
  }
}
