/** Which message of which stream a copy with sources has taken a message from. */
export interface Source {
  readonly stream: string
  readonly sequence: number
}

/**
 * Reads what nats-server writes on each message that a stream takes from a source: `Nats-Stream-Source: <stream>[:<hash>]
 * <sequence>[ <filter> <transform> <subject>]`. The hash is there where the stream is in another domain, and what comes
 * after the sequence since 2.10.
 */
export function readSource(header: string | undefined): Source | undefined {
  if (!header) return undefined
  const [name = '', text = ''] = header.split(' ', 2)
  const sequence = Number(text)
  if (!Number.isInteger(sequence) || sequence < 1) return undefined
  const colon = name.indexOf(':')
  return { stream: colon < 0 ? name : name.slice(0, colon), sequence }
}
