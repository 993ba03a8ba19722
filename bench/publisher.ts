import { connect, type NatsConnection } from 'nats'
import { Client } from '../lib/load/clients/client.ts'
import { Ledger } from '../lib/load/ledger/ledger.ts'
import { PayloadSource } from '../lib/load/publish/payload.ts'
import { Publisher } from '../lib/load/publish/publisher.ts'
import { Tagger } from '../lib/load/tagger.ts'
import { SampleRegistry } from '../lib/measure/index.ts'
import { benchStream } from './nats.ts'

/** The generator's publisher on a stream of its own, with all that it measures and keeps. */
export interface BenchPublisher {
  /** A plain connection beside it. */
  readonly nats: NatsConnection
  readonly ledger: Ledger
  readonly publisher: Publisher
  close(): Promise<void>
}

export async function startBenchPublisher(url: string): Promise<BenchPublisher> {
  const nats = await connect({ servers: url, noAsyncTraces: true })
  const manager = await nats.jetstreamManager()
  await manager.streams.add({ name: benchStream.name, subjects: [...benchStream.subjects] })
  const client = await Client.connect('bench', [url], () => {})
  const tagger = new Tagger(new SampleRegistry([], () => {}), ['bench'])
  tagger.startPhase(0)
  const ledger = new Ledger([], [benchStream])
  const publisher = new Publisher({
    client,
    ledger,
    tagger,
    payloads: new PayloadSource(1),
    streams: [benchStream],
    runId: 1,
    onAck: () => {},
  })
  return {
    nats,
    ledger,
    publisher,
    async close() {
      await client.close()
      await nats.close()
    },
  }
}
