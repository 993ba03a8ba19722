import { subjectMatches } from './subject.ts'

/** What a mapping maps, where it does not say: everything. */
const everything = '>'

/** A mapping of subjects as nats-server's `subject_transforms`: `orders.*.>` → `eu.$1.>`. */
export interface SubjectMapping {
  /** A pattern; everything by default. */
  readonly filter?: string
  /** The subject that it becomes: `$1` or `{{wildcard(1)}}` is the filter's first `*`, a final `>` what its `>` stands for. */
  readonly to?: string
}

/** A mapping's two sides as nats-server wants them; undefined where nothing is mapped. */
export function transformOf({ filter = everything, to }: SubjectMapping): { src: string; dest: string } | undefined {
  return to === undefined ? undefined : { src: filter, dest: to }
}

/** The subject under which a message is known after a mapping; undefined when the mapping does not take it. */
export function mapSubject({ filter = everything, to }: SubjectMapping, subject: string): string | undefined {
  if (!subjectMatches(filter, subject)) return undefined
  if (to === undefined) return subject
  const wanted = filter.split('.')
  const tokens = subject.split('.')
  const wildcards = tokens.filter((_, position) => wanted[position] === '*')
  const rest = tokens.slice(wanted.length - 1)
  return to
    .split('.')
    .flatMap((token) => (token === '>' ? rest : (wildcards[(wildcardOf(token) ?? 0) - 1] ?? token)))
    .join('.')
}

/** What is wrong with a mapping's `to`, said of it; undefined when nothing is. */
export function mappingProblem(filter: string | undefined, to: string): string | undefined {
  const source = filter ?? everything
  const tokens = to.split('.')
  const count = source.split('.').filter((token) => token === '*').length
  const isOpen = source.endsWith('>')
  if (isOpen !== (tokens.at(-1) === '>'))
    return `must ${isOpen ? '' : 'not '}end in ">", as its filter "${source}" does${isOpen ? '' : ' not'}`
  for (const [position, token] of tokens.entries()) {
    const wildcard = wildcardOf(token)
    if (wildcard !== undefined && (wildcard < 1 || wildcard > count))
      return `must name one of the ${count} wildcards "*" of its filter "${source}", and ${token} is none of them`
    const isPlain = /^[^\s*>{}$]+$/.test(token)
    if (wildcard === undefined && !isPlain && !(token === '>' && position === tokens.length - 1))
      return 'must be made of words, $1 or {{wildcard(1)}} for a "*" of its filter, and ">" at its end'
  }
  return undefined
}

/** Which of the filter's `*` a token stands for, counted from 1. */
function wildcardOf(token: string): number | undefined {
  const number = /^\$(\d+)$/.exec(token)?.[1] ?? /^\{\{\s*wildcard\(\s*(\d+)\s*\)\s*\}\}$/i.exec(token)?.[1]
  return number === undefined ? undefined : Number(number)
}
