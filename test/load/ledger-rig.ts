import { spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import { connect, type JetStreamManager, type NatsConnection } from 'nats'
import { requireBinary } from '../../lib/binaries/index.ts'
import { type Landing, unmapped } from '../../lib/load/assets/landing.ts'
import { provision } from '../../lib/load/assets/provision.ts'
import { auditStreams, noteStarts, type Starts } from '../../lib/load/audit/audits.ts'
import { awaitCopies } from '../../lib/load/audit/copies.ts'
import { Client } from '../../lib/load/clients/client.ts'
import { closeLedger } from '../../lib/load/close-ledger.ts'
import type { LedgerResult, Message, PublishResult, StreamLedger, StreamPlan } from '../../lib/load/index.ts'
import { Ledger } from '../../lib/load/ledger/ledger.ts'
import { PayloadSource } from '../../lib/load/publish/payload.ts'
import { Publisher } from '../../lib/load/publish/publisher.ts'
import { Tagger } from '../../lib/load/tagger.ts'
import { Aggregate, now, SampleRegistry } from '../../lib/measure/index.ts'
import { orders } from './orders.ts'

export const runId = 7

/** For what is to come: longer than any machine stands still. */
export const ampleMs = 60_000

/** A real server, one stream on it and copies of it if need be, and a publisher whose ledger judges them. */
export class Rig {
  readonly pid: number
  readonly plan: StreamPlan
  readonly plans: readonly StreamPlan[]
  /** Of the test itself, which does what should be found out. */
  readonly nats: NatsConnection
  readonly manager: JetStreamManager
  readonly ledger: Ledger
  readonly publisher: Publisher
  readonly #origin = now()
  readonly #aggregate = new Aggregate([])
  readonly #registry = new SampleRegistry([], (series) => this.#aggregate.declare(series))
  #starts: Starts = new Map()

  private constructor(
    pid: number,
    plans: readonly StreamPlan[],
    nats: NatsConnection,
    manager: JetStreamManager,
    client: Client,
    landing: Landing,
  ) {
    this.pid = pid
    this.plan = plans[0]!
    this.plans = plans
    this.nats = nats
    this.manager = manager
    this.ledger = new Ledger([], plans)
    const tagger = new Tagger(this.#registry, ['only'])
    tagger.startPhase(this.#origin)
    const payloads = new PayloadSource(1)
    const { ledger } = this
    this.publisher = new Publisher({
      client,
      ledger,
      tagger,
      payloads,
      streams: plans,
      runId,
      landing,
      onAck: () => {},
    })
    this.mark('baseline')
  }

  static async start(
    t: ExecutionContext,
    changes: Partial<StreamPlan> = {},
    copies: readonly StreamPlan[] = [],
    landing = unmapped,
  ): Promise<Rig> {
    const plan: StreamPlan = {
      ...orders,
      ...changes,
    }
    const { url, pid } = await startServer(t)
    const nats = await connect({ servers: url })
    t.teardown(() => nats.close())
    const client = await Client.connect('publisher', [url], () => {})
    t.teardown(() => client.close())
    const plans = [plan, ...copies]
    await provision(nats, plans, [])
    return new Rig(pid, plans, nats, await nats.jetstreamManager({ timeout: ampleMs }), client, landing)
  }

  /** What stands in the stream now is not the load's. */
  async begin(): Promise<void> {
    this.#starts = await noteStarts(this.nats, this.plans)
  }

  mark(window: string): void {
    this.ledger.mark(now(), { phase: 'only', window })
  }

  publish(message?: Message, ackTimeoutMs = ampleMs, subject = 'orders.created'): Promise<PublishResult> {
    return this.publisher.publish({ phase: 0, lag: 0, ackTimeoutMs }, subject, message)
  }

  /** What the publisher has counted so far. */
  count(metric: string): number {
    this.#aggregate.add(this.#registry.drain())
    return this.#aggregate.count(metric)
  }

  /** Publishes so many, up to a thousand at a time. */
  async publishMany(count: number): Promise<void> {
    let left = count
    const worker = async () => {
      while (left > 0) {
        left -= 1
        await this.publish({ size: 64 })
      }
    }
    await Promise.all(Array.from({ length: 1_000 }, worker))
  }

  /** The verdict on the stream. */
  async audit(withinMs?: number): Promise<StreamLedger> {
    return (await this.judge(withinMs)).streams[0]!
  }

  /** Every copy has what its origins hold, as far as it can get it. */
  async awaitCopies(withinMs = ampleMs): Promise<void> {
    await awaitCopies([{ region: undefined, nats: this.nats, streams: this.plans }], now() + withinMs)
  }

  async judge(withinMs = ampleMs, plans = this.plans): Promise<LedgerResult> {
    const { nats, ledger } = this
    const deadline = now() + withinMs
    const starts = this.#starts
    const audits = await auditStreams({
      connect: async () => nats,
      streams: plans,
      ledger,
      runId,
      knowsSubjects: true,
      starts,
      origin: this.#origin,
      deadline,
    })
    const { streams, copies } = audits
    return closeLedger(ledger, { origin: this.#origin, pending: new Map(), drained: true, audits: streams, copies })
  }
}

async function startServer(t: ExecutionContext): Promise<{ url: string; pid: number }> {
  const { path } = await requireBinary('nats-server')
  const dir = await mkdtemp(join(tmpdir(), 'squall-test-'))
  const args = ['-a', '127.0.0.1', '-p', '-1', '-js', '-sd', dir, '--ports_file_dir', dir]
  const child = spawn(path, args, { stdio: 'ignore' })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  t.teardown(async () => {
    child.kill('SIGCONT')
    child.kill('SIGTERM')
    await ended
    await rm(dir, { recursive: true, force: true })
  })
  while (child.exitCode === null) {
    const file = (await readdir(dir)).find((name) => name.endsWith('.ports'))
    const text = file ? await readFile(join(dir, file), 'utf8') : ''
    if (text.trim().endsWith('}')) return { url: JSON.parse(text).nats[0], pid: child.pid! }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`nats-server ended with exit code ${child.exitCode}`)
}
