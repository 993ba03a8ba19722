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

const ofServers = ['$JS.>', '$JSC.>', '$NRG.>', '$SYS.>']
/** Of these, what a stream may store all the same. */
const storable = ['$JS.EVENT.>', '$SYS.ACCOUNT.>']

/**
 * Does a pattern take in subjects that servers and JetStream itself talk on? nats-server 2.15.2 refuses a stream with such
 * a one; 2.9.10 took it, and stored its own acks.
 */
export function takesInServersOwn(pattern: string): boolean {
  if (storable.some((own) => subjectMatches(own, pattern))) return false
  return ofServers.some((own) => subjectsOverlap(own, pattern))
}

/** What servers and clients talk on among themselves: requests and their answers, acks, and JetStream's own. */
const ofMachinery = [...ofServers, '_INBOX.>', '_R_.>', '_GR_.>', '$GNR.>', '$GR.>', '$SRV.>']

/** Does a pattern take in subjects without which a server or a client would not work? */
export function isOfMachinery(pattern: string): boolean {
  return ofMachinery.some((own) => subjectsOverlap(own, pattern))
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
