import { suggest } from '../suggest.ts'
import type { PathKey } from './literal.ts'
import { type Problems, pathText } from './problems.ts'

/** Says that there is no such thing as a script names at `at`, and what was probably meant or what there is. */
export function sayMissing(
  problems: Problems,
  at: readonly PathKey[],
  what: string,
  name: string,
  there: readonly string[],
): void {
  const meant = suggest(name, there)
  const hint = meant ? `did you mean "${meant}"?` : there.length > 0 ? `there are ${there.join(', ')}` : 'there is none'
  problems.add(at, `${pathText(at)} is "${name}"; there is no such ${what}: ${hint}`)
}
