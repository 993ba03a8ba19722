/** Does a NATS subject match a pattern: `*` stands for one token, a final `>` for one or more. */
export function subjectMatches(pattern: string, subject: string): boolean {
  const wanted = pattern.split('.')
  const tokens = subject.split('.')
  for (const [position, token] of wanted.entries()) {
    if (token === '>') return tokens.length > position
    if (position >= tokens.length || (token !== '*' && token !== tokens[position])) return false
  }
  return wanted.length === tokens.length
}

/** Is there a subject that both patterns match? */
export function subjectsOverlap(one: string, other: string): boolean {
  const [ours, theirs] = [one.split('.'), other.split('.')]
  for (const [position, token] of ours.entries()) {
    const facing = theirs[position]
    if (facing === undefined) return false
    if (token === '>' || facing === '>') return true
    if (token !== facing && token !== '*' && facing !== '*') return false
  }
  return ours.length === theirs.length
}

/**
 * Remembers a question's answer per subject, because a load asks it for every message and uses few subjects. Bounded:
 * a script that makes up a subject for each message pays for the answer each time.
 */
export function rememberBySubject<T>(answer: (subject: string) => T, limit = 10_000): (subject: string) => T {
  const known = new Map<string, T>()
  return (subject) => {
    const remembered = known.get(subject)
    if (remembered !== undefined) return remembered
    const found = answer(subject)
    if (known.size < limit) known.set(subject, found)
    return found
  }
}
