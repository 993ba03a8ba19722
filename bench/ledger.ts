/**
 * What the ledger costs, in memory and time:
 *
 *     npx tsx bench/ledger.ts
 *
 * First alone: 50 million messages with two consumers, acked, delivered to both, and read in the stream. A thousandth
 * of them takes each of the rarer turns, so that no set stays empty. Then with a server: 1 million messages published
 * and their stream read to its end.
 */

import { auditStreams } from '../lib/load/audit/audits.ts'
import { StreamAudit } from '../lib/load/audit/stream-audit.ts'
import { closeLedger } from '../lib/load/close-ledger.ts'
import type { ConsumerPlan } from '../lib/load/index.ts'
import { Ledger } from '../lib/load/ledger/ledger.ts'
import { now } from '../lib/measure/index.ts'
import { benchStream, startBenchServer } from './nats.ts'
import { startBenchPublisher } from './publisher.ts'

const consumer = (index: number): ConsumerPlan => ({
  kind: 'pull',
  name: `c${index}`,
  index,
  hasHandler: false,
  members: 1,
  stream: 'BENCH',
  ack: 'explicit',
  ackWaitMs: 30_000,
  maxAckPending: 100,
  maxDeliver: -1,
  batch: 10,
})

alone(50_000_000)
await withServer(1_000_000)

function alone(messages: number): void {
  const before = memory()
  const ledger = new Ledger([consumer(0), consumer(1)], [benchStream])
  ledger.mark(0, { phase: 'bench' })
  const ack = { stream: 'BENCH', seq: 0, duplicate: false }
  let seq = 0
  const timed = (what: string, run: () => void) => {
    const start = now()
    run()
    console.log(`${what.padEnd(36)} ${(((now() - start) * 1e6) / messages).toFixed(1)} ns/message`)
  }
  timed('attempt and settle', () => {
    for (let count = 0; count < messages; count += 1) {
      const sequence = ledger.attempt('bench.a')
      if (count % 1_000 === 1) ledger.settle(sequence, 'failed')
      else if (count % 1_000 === 2) ledger.settle(sequence, 'indeterminate')
      else {
        seq += 1
        ack.seq = seq
        ledger.settle(sequence, 'acked', ack)
      }
    }
  })
  timed('deliver, to each of two consumers', () => {
    for (let sequence = 0; sequence < messages; sequence += 1) {
      ledger.deliver(0, sequence, false)
      ledger.deliver(1, sequence, false)
    }
  })
  const audit = new StreamAudit(benchStream, ledger, { after: 0, origin: 0 })
  const stamp = { publisher: 0, sequence: 0 }
  const stored = { streamSequence: 0, storedAt: 0, stamp, messageId: undefined }
  timed('observe in the stream', () => {
    for (let sequence = 0; sequence < messages; sequence += 1) {
      if (sequence % 1_000 === 1 || sequence % 1_000 === 2) continue
      stored.streamSequence += 1
      stamp.sequence = sequence
      audit.observe(stored)
    }
  })
  audit.close({ outcome: 'finished', reached: seq, state: undefined, at: 0 })
  timed('judge', () => {
    const closing = { origin: 0, pending: new Map(), drained: true, audits: new Map([['BENCH', audit]]) }
    const { bytes, streams } = closeLedger(ledger, closing)
    const held = memory() - before
    console.log(`${streams[0]!.verdict}, ${streams[0]!.read} read of ${ledger.attempts}`)
    console.log(`${(bytes / messages).toFixed(2)} bytes/message by its own count`)
    console.log(`${(held / messages).toFixed(2)} bytes/message by the process's memory`)
  })
}

async function withServer(messages: number): Promise<void> {
  const server = await startBenchServer()
  try {
    const { nats, ledger, publisher, close } = await startBenchPublisher(server.url)
    let left = messages
    const worker = async () => {
      while (left > 0) {
        left -= 1
        await publisher.publish({ phase: 0, lag: 0, ackTimeoutMs: 30_000 }, 'bench.a', { size: 128 })
      }
    }
    await Promise.all(Array.from({ length: 1_024 }, worker))
    const start = now()
    const deadline = start + 300_000
    const { streams } = await auditStreams({
      connect: async () => nats,
      streams: [benchStream],
      ledger,
      runId: 1,
      knowsSubjects: true,
      starts: new Map(),
      origin: 0,
      deadline,
    })
    const { verdict, read, notes } = streams.get('BENCH')!.result()
    const seconds = (now() - start) / 1_000
    console.log(
      `read ${read} of ${messages} messages of 128 B from a server in ${seconds.toFixed(1)} s: ${verdict}`,
      ...notes,
    )
    await close()
  } finally {
    await server.stop()
  }
}

/** Heap and buffers outside of it, bytes. */
function memory(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}
