/**
 * The embedded Toxiproxy against the real one and no proxy at all, in one run:
 *
 *     npx tsx bench/proxy.ts
 *
 * Throughput: one connection, 64 KiB writes, one way. Latency: 128-byte echo, one at a time with 1 ms between, p50 and p99.
 * In turn, several rounds, medians.
 */
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { Toxiproxy } from 'toxiproxy-node-client'
import { findBinary } from '../lib/binaries/index.ts'
import { type RunningToxiproxy, startEmbedded, startReal } from '../toxiproxy/index.ts'
import { median } from './nats.ts'

const rounds = 5
const bytes = 256 * 2 ** 20
const echoes = 500

const sink = createServer((socket) => {
  socket.once('data', (first) => {
    // The first byte says what the connection is for.
    if (first[0] === 1) socket.pipe(socket)
    else {
      let received = first.length
      socket.on('data', (chunk) => {
        received += chunk.length
        if (received >= bytes) socket.end('done')
      })
    }
  })
  socket.on('error', () => {})
})
await once(sink.listen(0, '127.0.0.1'), 'listening')
const direct = portOf(sink.address())

const proxies: RunningToxiproxy[] = [await startEmbedded({ seed: 1 })]
const real = await findBinary('toxiproxy-server')
if (real) proxies.push(await startReal({ binary: real.path }))
else console.log('no toxiproxy-server found: squall setup gets one')

try {
  const ports: Record<string, number> = { direct }
  for (const proxy of proxies) {
    const made = await new Toxiproxy(proxy.url).createProxy({
      name: 'bench',
      listen: '127.0.0.1:0',
      upstream: `127.0.0.1:${direct}`,
    })
    ports[proxy.kind] = Number(made.listen.split(':').at(-1))
  }
  const none = () => Object.fromEntries(Object.keys(ports).map((name): [string, number[]] => [name, []]))
  const [throughput, p50, p99] = [none(), none(), none()]
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, port] of Object.entries(ports)) {
      throughput[name]!.push(await send(port))
      const times = await echo(port)
      p50[name]!.push(times[Math.floor(times.length / 2)]!)
      p99[name]!.push(times[Math.floor(times.length * 0.99)]!)
    }
  }
  console.log('          MB/s   of direct   echo p50   p99 (µs)')
  for (const name of Object.keys(ports)) {
    const rate = median(throughput[name]!)
    const share = (rate / median(throughput.direct!)).toFixed(2)
    const [half, tail] = [median(p50[name]!), median(p99[name]!)].map((ms) => String(Math.round(ms * 1_000)))
    console.log(
      `${name.padEnd(9)} ${rate.toFixed(0).padStart(5)}   ${share.padStart(9)}   ${half!.padStart(8)}   ${tail!.padStart(8)}`,
    )
  }
  if (ports.real) {
    const ratio = (of: Record<string, number[]>) => (median(of.embedded!) / median(of.real!)).toFixed(2)
    const added = (name: string) => median(p50[name]!) - median(p50.direct!)
    console.log(
      `embedded ÷ real: throughput ${ratio(throughput)}, added latency p50 ${(added('embedded') / added('real')).toFixed(2)}`,
    )
  }
} finally {
  await Promise.all(proxies.map((proxy) => proxy.stop()))
  sink.close()
}

/** MB a second through one connection. */
async function send(port: number): Promise<number> {
  const socket = await open(port)
  const chunk = Buffer.alloc(64 * 1_024)
  const start = performance.now()
  for (let sent = 0; sent < bytes; sent += chunk.length) {
    if (!socket.write(chunk)) await once(socket, 'drain')
  }
  await once(socket, 'data')
  const seconds = (performance.now() - start) / 1_000
  socket.destroy()
  return bytes / 1e6 / seconds
}

/** Round trips in milliseconds, sorted. */
async function echo(port: number): Promise<number[]> {
  const socket = await open(port)
  const message = Buffer.alloc(128, 1)
  const times: number[] = []
  // The server reads the first message to learn what the connection is for, and does not echo it.
  socket.write(message)
  await new Promise((resolve) => setTimeout(resolve, 20))
  for (let count = 0; count < echoes; count += 1) {
    const start = performance.now()
    let left = message.length
    socket.write(message)
    while (left > 0) left -= ((await once(socket, 'data')) as [Buffer])[0].length
    times.push(performance.now() - start)
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  socket.destroy()
  return times.sort((a, b) => a - b)
}

async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  socket.setNoDelay(true)
  await once(socket, 'connect')
  return socket
}

function portOf(address: ReturnType<typeof sink.address>): number {
  if (address === null || typeof address === 'string') throw new Error('not a TCP port')
  return address.port
}
