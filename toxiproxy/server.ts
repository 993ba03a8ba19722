import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { parseArgs } from 'node:util'
import { apiServer } from './api.ts'
import { ProxyCollection } from './collection.ts'
import { embeddedVersion } from './version.ts'

/**
 * The embedded engine's process:
 * `node dist/toxiproxy/server.js [--host 127.0.0.1] [--port 8474] [--seed N] [--exit-with-parent]`.
 * Prints one line of JSON when it listens, ends on SIGTERM and SIGINT, and with `--exit-with-parent` also when its
 * standard input ends, which it does when the parent dies, however it dies.
 */
const { values } = parseArgs({
  options: {
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '8474' },
    seed: { type: 'string' },
    'exit-with-parent': { type: 'boolean', default: false },
  },
})

const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 32) : integer('seed', values.seed)
const proxies = new ProxyCollection(seed)
const api = apiServer(proxies)

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void end())
if (values['exit-with-parent']) {
  process.stdin.on('error', () => void end())
  process.stdin.on('close', () => void end())
  process.stdin.resume()
}

try {
  api.listen(integer('port', values.port), values.host)
  await once(api, 'listening')
} catch (error) {
  console.error(`The proxy's API can't listen on ${values.host}:${values.port}: ${(error as Error).message}`)
  process.exit(1)
}
const { address, port } = api.address() as AddressInfo
console.log(JSON.stringify({ host: address, port, version: embeddedVersion, seed }))

async function end(): Promise<void> {
  api.close()
  api.closeAllConnections()
  await proxies.close()
  process.exit(0)
}

function integer(name: string, text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && Number.isSafeInteger(value)) return value
  console.error(`--${name} must be an integer, got '${text}'.`)
  process.exit(2)
}
