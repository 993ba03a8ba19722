/**
 * Publish rate of the generator's publisher against plain nats.js, one connection, one server, in one run:
 *
 *     npx tsx bench/publish.ts
 *
 * JetStream: `js.publish` with a window of promises against Squall's ack demux with the same window, which also
 * stamps, measures, classifies and keeps the ledger. Core: `nc.publish` with a flush every 2 000 against the same.
 */
import { interleave, startBenchServer } from './nats.ts'
import { startBenchPublisher } from './publisher.ts'

const messages = 40_000
const window = 1_024
const size = 128

const server = await startBenchServer()
try {
  const { nats, publisher, close } = await startBenchPublisher(server.url)
  const origin = { phase: 0, lag: 0, ackTimeoutMs: 5_000 }
  const payload = new Uint8Array(size)
  const js = nats.jetstream()

  const results = await interleave(5, {
    'js.publish': () => windowed(() => js.publish('bench.a', payload)),
    'squall publish': () => windowed(() => publisher.publish(origin, 'bench.a', { size })),
    'nc.publish': async () => {
      const start = performance.now()
      for (let count = 1; count <= messages; count += 1) {
        nats.publish('core.a', payload)
        if (count % 2_000 === 0) await nats.flush()
      }
      return rate(start)
    },
    'squall core publish': async () => {
      const start = performance.now()
      for (let count = 1; count <= messages; count += 1) {
        publisher.publish(origin, 'core.a', { size })
        if (count % 2_000 === 0) await publisher.flush()
      }
      return rate(start)
    },
  })
  for (const [name, perSecond] of Object.entries(results))
    console.log(`${name.padEnd(22)} ${Math.round(perSecond)} msg/s`)
  const ratio = (a: string, b: string) => (results[a]! / results[b]!).toFixed(2)
  console.log(`JetStream: squall ÷ nats.js = ${ratio('squall publish', 'js.publish')}`)
  console.log(`core:      squall ÷ nats.js = ${ratio('squall core publish', 'nc.publish')}`)
  await close()
} finally {
  await server.stop()
}

/** Messages a second with `window` publishes in flight. */
async function windowed(publish: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  let left = messages
  const worker = async () => {
    while (left > 0) {
      left -= 1
      await publish()
    }
  }
  await Promise.all(Array.from({ length: window }, worker))
  return rate(start)
}

function rate(start: number): number {
  return messages / ((performance.now() - start) / 1_000)
}
