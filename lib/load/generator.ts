import { callAt, now, SampleRegistry, setCustomMetricSink } from '../measure/index.ts'
import { messageAndPlace } from '../script-frame.ts'
import { domainOf } from './assets/places.ts'
import type { Starts } from './audit/audits.ts'
import type { Place } from './audit/copies.ts'
import type { Client } from './clients/client.ts'
import { Connections } from './clients/connections.ts'
import { Consumers } from './consume/consumers.ts'
import { recordCustom } from './custom-samples.ts'
import { contextOf, drain } from './drain.ts'
import { everySecond } from './every-second.ts'
import { Runner } from './executors/runner.ts'
import { HealthMonitor } from './health.ts'
import { HttpClient } from './http/http.ts'
import { RequestLedger } from './http/request-ledger.ts'
import { Ledger } from './ledger/ledger.ts'
import { noteAllStarts, openPublishers, placesOf, provisionAll } from './prepare.ts'
import type { ClientEvent, FromGenerator, GeneratorConfig, ToGenerator } from './protocol.ts'
import type { Publishers } from './publish/publishers.ts'
import type { ScriptModule } from './script-module.ts'
import { Snapshots } from './snapshots.ts'
import { Tagger } from './tagger.ts'

const maxDistinctWarnings = 20

/**
 * Runs a script's load and tells what it measured. It does as it is told by messages and answers with messages; it knows
 * nothing of faults, reports or files.
 */
export class Generator {
  readonly #config: GeneratorConfig
  readonly #script: ScriptModule
  readonly #send: (message: FromGenerator, transfer?: ArrayBuffer[]) => void
  readonly #registry: SampleRegistry
  readonly #tagger: Tagger
  readonly #ledger: Ledger
  readonly #health: HealthMonitor
  readonly #consumers: Consumers
  readonly #requests: RequestLedger
  readonly #http: HttpClient
  readonly #connections: Connections
  readonly #warned = new Set<string>()
  #publishers: Publishers | undefined
  #runner: Runner | undefined
  #data: unknown
  #stopSnapshots: (() => void) | undefined
  #snapshots: Snapshots | undefined
  readonly #phaseStarts: number[] = []
  #phase = -1
  #origin = 0
  #starts: Starts = new Map()
  #awaitingAck = false

  constructor(
    config: GeneratorConfig,
    script: ScriptModule,
    send: (message: FromGenerator, transfer?: ArrayBuffer[]) => void,
  ) {
    const { plan, runId } = config
    this.#config = config
    this.#script = script
    this.#send = send
    this.#registry = new SampleRegistry(plan.metrics, (series) => send({ type: 'series', series }))
    this.#tagger = new Tagger(
      this.#registry,
      plan.phases.map(({ name }) => name),
    )
    this.#ledger = new Ledger(plan.consumers, plan.streams, Math.max(1, Object.keys(config.regions).length))
    this.#health = new HealthMonitor(config.pacing)
    this.#requests = new RequestLedger(runId)
    this.#http = new HttpClient(config.services, this.#requests, this.#tagger, this.#ledger.reasons)
    this.#connections = new Connections(config, (event) => this.#clientEvent(event))
    this.#consumers = new Consumers({
      ledger: this.#ledger,
      tagger: this.#tagger,
      runId,
      connect: (name, { region, failover }) =>
        this.#connections.open(`consumer ${name}`, 'consumers', region, failover),
      domainOf: (plan) => domainOf(config.plan, plan),
      warn: (text) => this.#warn(text),
    })
    setCustomMetricSink((name, type, value, tags) => recordCustom(this.#tagger, name, type, value, tags))
  }

  async handle(message: ToGenerator): Promise<void> {
    switch (message.type) {
      case 'prepare':
        return this.#step('prepare', () => this.#prepare())
      case 'setup':
        return this.#step('setup', async () => {
          const { nats } = this.#publishers!.first.client
          this.#data = await this.#script.setup?.({ nats })
          await this.#noteStarts()
          this.#send({ type: 'setupDone' })
        })
      case 'phase':
        return this.#startPhase(message.index, message.startsAt)
      case 'window':
        this.#snapshot()
        this.#tagger.openWindow(message.at, message.window)
        this.#awaitingAck = message.window.kind === 'recovery'
        return this.#markLedger(message.at)
      case 'finish':
        return this.#finish(message.deadline, message.abort)
      case 'drain':
        return this.#drain(message.deadline)
      case 'teardown':
        return this.#step('teardown', async () => {
          await this.#script.teardown?.(contextOf(this.#publishers!, this.#data))
          this.#send({ type: 'teardownDone' })
        })
      case 'close':
        return this.#close()
    }
  }

  async #prepare(): Promise<void> {
    const { plan } = this.#config
    this.#publishers = await openPublishers({
      config: this.#config,
      connections: this.#connections,
      ledger: this.#ledger,
      tagger: this.#tagger,
      onAck: () => this.#acked(),
    })
    // What is in somebody's cluster already is looked at first, and by the runner.
    if (plan.topology.kind === 'external') await this.#noteStarts()
    else await provisionAll(plan, this.#places())
    for (const consumer of plan.consumers) {
      await this.#consumers.start(consumer, this.#script.consumers?.[consumer.index]?.handler)
    }
    this.#send({ type: 'prepared' })
  }

  async #noteStarts(): Promise<void> {
    this.#starts = await noteAllStarts(this.#places())
  }

  #places(): Place[] {
    return placesOf(this.#config.plan, this.#publishers!)
  }

  /** Comes ahead of time, so that the first iteration is not late. */
  #startPhase(index: number, startsAt: number): void {
    if (!this.#runner) {
      this.#origin = startsAt
      this.#runner = this.#makeRunner()
      this.#snapshots = new Snapshots(startsAt, {
        registry: this.#registry,
        health: this.#health,
        runner: this.#runner,
        publishers: this.#publishers!,
        http: this.#http,
        clients: () => this.#clients,
      })
      for (const client of this.#clients) client.reportServer(startsAt)
    }
    this.#runner.startPhase(index, startsAt)
    this.#phaseStarts[index] = startsAt
    callAt(startsAt, () => this.#phaseBegins(index))
  }

  /** By its timer or its first iteration, whichever comes first: what an iteration does is of its own phase. */
  #phaseBegins(index: number): void {
    if (index <= this.#phase) return
    this.#phase = index
    const startsAt = this.#phaseStarts[index]!
    this.#stopSnapshots ??= everySecond(this.#origin, () => this.#snapshot())
    if (index > 0) this.#snapshot()
    this.#tagger.startPhase(startsAt)
    this.#markLedger(startsAt)
  }

  #makeRunner(): Runner {
    const { plan, pacing } = this.#config
    const load = this.#script.load ?? this.#script.default
    return new Runner({
      load: load!,
      phases: plan.phases,
      pacing,
      publishers: this.#publishers!,
      http: this.#http,
      requests: this.#requests,
      tagger: this.#tagger,
      seed: plan.options.seed,
      data: this.#data,
      phaseBegins: (index) => this.#phaseBegins(index),
      phaseDone: (index) => {
        // Until the next phase begins nothing is to be done: no part of this one's throughput.
        if (plan.phases[index]!.executor.kind === 'iterations') this.#snapshot()
        this.#send({ type: 'phaseDone', index })
      },
      iterationThrew: (error) => this.#warn(`load() threw: ${messageAndPlace(error)}`),
    })
  }

  async #finish(deadline: number, abort: boolean): Promise<void> {
    const interrupted = (await this.#runner?.finish(deadline, abort)) ?? 0
    this.#publishers?.abandon('run ended')
    this.#snapshot()
    this.#send({ type: 'finished', interrupted })
  }

  async #drain(deadline: number): Promise<void> {
    const publishers = this.#publishers!
    const { verifyState: verify } = this.#script
    const ledger = await drain(
      {
        config: this.#config,
        connections: this.#connections,
        publishers,
        consumers: this.#consumers,
        places: this.#places(),
        ledger: this.#ledger,
        requests: this.#requests,
        registry: this.#registry,
        starts: this.#starts,
        origin: this.#origin,
        verify: verify && (() => verify(contextOf(publishers, this.#data))),
      },
      deadline,
    )
    this.#snapshot()
    this.#stopSnapshots?.()
    this.#send({ type: 'drained', ledger })
  }

  async #close(): Promise<void> {
    this.#stopSnapshots?.()
    this.#health.stop()
    await this.#http.close()
    await this.#consumers.close()
    await this.#publishers?.close()
  }

  /** Sends what was measured since the last one. Also at every phase's and window's edge, so that none lies across. */
  #snapshot(): void {
    if (!this.#snapshots) return
    const { message, transfer } = this.#snapshots.take()
    this.#send(message, transfer)
    if (this.#registry.overflowed) this.#warn('more than 1 000 combinations of tags: further ones are counted together')
  }

  get #clients(): readonly Client[] {
    return [...this.#publishers!.all.map(({ client }) => client), ...this.#consumers.clients]
  }

  #clientEvent(event: ClientEvent): void {
    if (event.kind === 'disconnect') this.#tagger.current().counter('disconnects').count += 1
    if (event.kind === 'reconnect') this.#tagger.current().counter('reconnects').count += 1
    this.#send({ type: 'event', event })
  }

  #acked(): void {
    if (!this.#awaitingAck) return
    this.#awaitingAck = false
    this.#send({ type: 'event', event: { at: now(), kind: 'first-ack', client: 'publisher' } })
  }

  #markLedger(at: number): void {
    this.#ledger.mark(at, this.#tagger.currentTags())
  }

  #warn(text: string): void {
    if (this.#warned.has(text) || this.#warned.size >= maxDistinctWarnings) return
    this.#warned.add(text)
    this.#send({ type: 'warning', text })
  }

  async #step(step: 'prepare' | 'setup' | 'teardown', run: () => Promise<void>): Promise<void> {
    try {
      await run()
    } catch (error) {
      const { message, stack } = error instanceof Error ? error : { message: String(error), stack: undefined }
      this.#send({ type: 'failed', step, error: { message, stack } })
    }
  }
}
