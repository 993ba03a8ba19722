import { lookup } from 'node:dns/promises'

export interface Address {
  readonly host: string
  readonly port: number
}

/** Splits `host:port` as Go's net.SplitHostPort does, with its error texts. An empty text is `:0`, as for Go. */
export function parseAddress(text: string): Address {
  if (text === '') return { host: '', port: 0 }
  const match = /^(?:\[([^[\]]*)\]|([^:[\]]*)):([^:]*)$/.exec(text)
  if (!match) {
    const many = text.split(':').length > 2 && !text.startsWith('[')
    throw new Error(`address ${text}: ${many ? 'too many colons' : 'missing port'} in address`)
  }
  return { host: match[1] ?? match[2] ?? '', port: parsePort(match[3] ?? '') }
}

function parsePort(text: string): number {
  if (!/^\d*$/.test(text)) throw new Error(`lookup tcp/${text}: unknown port`)
  const port = Number(text)
  if (port > 65_535) throw new Error(`address ${text}: invalid port`)
  return port
}

/** The IP address and port to listen on. No host is loopback, where Toxiproxy would take all interfaces. */
export async function resolveListen(text: string): Promise<Address> {
  const { host, port } = parseAddress(text)
  if (host === '') return { host: '127.0.0.1', port }
  try {
    const { address } = await lookup(host, { order: 'ipv4first' })
    return { host: address, port }
  } catch {
    throw new Error(`lookup ${host}: no such host`)
  }
}

export function formatAddress({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
