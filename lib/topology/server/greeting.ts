import { connect } from 'node:net'

/** What a NATS server tells of itself to everyone who connects; the part that is of use here. */
export interface NatsInfo {
  readonly server_name: string
  readonly version: string
  readonly host: string
  readonly port: number
  /** Other addresses that clients may use. */
  readonly connect_urls?: readonly string[]
}

/**
 * Connects and reads the `INFO {…}` line, which a NATS server sends first. `address` is `host:port`.
 * Rejects when nobody listens, something else answers, or nothing comes within `timeoutMs`.
 */
export function readGreeting(address: string, timeoutMs = 3_000): Promise<NatsInfo> {
  const { hostname, port } = new URL(`nats://${address}`)
  const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port), timeout: timeoutMs })
  return new Promise<NatsInfo>((resolve, reject) => {
    let text = ''
    socket.setEncoding('utf8')
    socket.on('data', (chunk: string) => {
      text += chunk
      const end = text.indexOf('\r\n')
      if (end < 0) return
      if (!text.startsWith('INFO ')) reject(new Error(`${address} answered, but not as a NATS server does`))
      else resolve(JSON.parse(text.slice('INFO '.length, end)) as NatsInfo)
    })
    socket.once('error', reject)
    socket.once('end', () => reject(new Error(`${address} closed the connection at once`)))
    socket.once('timeout', () => {
      const late = new Error(`${address} said nothing for ${timeoutMs / 1_000} s`)
      // It may have said it, and wait to be heard: timers come first. One turn for the connection, one for what it brings.
      setImmediate(() => setImmediate(() => reject(late)))
    })
  }).finally(() => socket.destroy())
}
