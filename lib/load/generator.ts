import { setTimeout as sleep } from 'node:timers/promises'
import { firstFrame } from '../errors.ts'
import { now, SampleRegistry, sample, setCustomMetricSink, type Tags } from '../measure/index.ts'
import type { ClientUrls } from '../topology/index.ts'
import type { StreamAudit } from './audit.ts'
import { auditStreams, noteStarts } from './audits.ts'
import { Client } from './client.ts'
import { Consumers } from './consumers.ts'
import { awaitCopies, type Place } from './copies.ts'
import { auditEffects } from './effects.ts'
import { HealthMonitor } from './health.ts'
import { HttpClient } from './http.ts'
import type { Load, SetupContext, TeardownContext } from './iteration.ts'
import { Ledger } from './ledger.ts'
import type { EffectsLedger } from './ledger-result.ts'
import { PayloadSource } from './payload.ts'
import { domainOf, placementOf } from './places.ts'
import type { ClientEvent, FromGenerator, GeneratorConfig, Snapshot, ToGenerator } from './protocol.ts'
import { provision } from './provision.ts'
import { Publisher } from './publisher.ts'
import { Publishers } from './publishers.ts'
import { deriveSeed } from './random.ts'
import { RequestLedger } from './request-ledger.ts'
import { Runner } from './runner.ts'
import { Tagger } from './tagger.ts'
import { verifyState } from './verify-state.ts'

/** What the generator needs of a bundled script. */
export interface ScriptModule {
  readonly load?: Load
  readonly default?: Load
  readonly setup?: (context: SetupContext) => unknown
  readonly teardown?: (context: TeardownContext) => unknown
  readonly verifyState?: (context: TeardownContext) => unknown
  readonly consumers?: readonly { readonly handler?: unknown }[]
}

const snapshotIntervalMs = 1_000
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
  readonly #warned = new Set<string>()
  #publishers: Publishers | undefined
  #runner: Runner | undefined
  #data: unknown
  #snapshotTimer: NodeJS.Timeout | undefined
  #snapshotFrom = 0
  #origin = 0
  #starts = new Map<string, number>()
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
    this.#http = new HttpClient(config.services, this.#requests, this.#tagger)
    this.#consumers = new Consumers({
      ledger: this.#ledger,
      tagger: this.#tagger,
      runId,
      connect: (name, region) => this.#connect(`consumer ${name}`, this.#urls(region).consumers),
      domainOf: (plan) => domainOf(config.plan, plan),
      warn: (text) => this.#warn(text),
    })
    setCustomMetricSink((name, type, value, tags) => this.#recordCustom(name, type, value, tags))
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
          await this.#script.teardown?.({ nats: this.#publishers!.first.client.nats, data: this.#data })
          this.#send({ type: 'teardownDone' })
        })
      case 'close':
        return this.#close()
    }
  }

  async #prepare(): Promise<void> {
    const { plan, regions } = this.#config
    const names = Object.keys(regions)
    const publishers = new Map<string | undefined, Publisher>()
    for (const [number, region] of (names.length > 0 ? names : [undefined]).entries()) {
      publishers.set(region, await this.#makePublisher(number, region))
    }
    this.#publishers = new Publishers(publishers)
    // What is in somebody's cluster already is looked at first, and by the runner.
    if (plan.topology.kind === 'external') await this.#noteStarts()
    else await this.#provision()
    for (const consumer of plan.consumers) {
      await this.#consumers.start(consumer, this.#script.consumers?.[consumer.index]?.handler)
    }
    this.#send({ type: 'prepared' })
  }

  async #provision(): Promise<void> {
    const { plan } = this.#config
    const places = this.#places()
    // A copy's origin is there before it.
    for (const copies of [false, true]) {
      for (const { region, nats, streams } of places) {
        const made = streams.filter((stream) => (stream.copies !== undefined) === copies)
        await provision(nats, made, plan.consumers, placementOf(plan, region))
      }
    }
  }

  async #noteStarts(): Promise<void> {
    this.#starts = new Map()
    for (const { nats, streams } of this.#places())
      for (const [name, last] of await noteStarts(nats, streams)) this.#starts.set(name, last)
  }

  async #makePublisher(number: number, region: string | undefined): Promise<Publisher> {
    const { plan, runId } = this.#config
    const name = region === undefined ? 'publisher' : `publisher ${region}`
    return new Publisher({
      client: await this.#connect(name, this.#urls(region).publishers),
      ledger: this.#ledger,
      tagger: region === undefined ? this.#tagger : this.#tagger.tagged({ region }),
      payloads: new PayloadSource(deriveSeed(plan.options.seed, 0)),
      streams: plan.streams,
      runId,
      number,
      onAck: () => this.#acked(),
    })
  }

  #urls(region: string | undefined): ClientUrls {
    const { urls, regions } = this.#config
    return (region === undefined ? undefined : regions[region]) ?? urls
  }

  /** The streams by region, with a connection to its servers. */
  #places(): Place[] {
    const { streams } = this.#config.plan
    return [...new Set(streams.map(({ region }) => region))].map((region) => ({
      region,
      nats: this.#publishers!.of(region).client.nats,
      streams: streams.filter((stream) => stream.region === region),
    }))
  }

  /** Comes ahead of time, so that the first iteration is not late; samples are cut at the start itself. */
  #startPhase(index: number, startsAt: number): void {
    if (!this.#runner) {
      this.#origin = startsAt
      this.#snapshotFrom = startsAt
      this.#runner = this.#makeRunner()
      for (const client of this.#clients) client.reportServer(startsAt)
    }
    this.#runner.startPhase(index, startsAt)
    setTimeout(
      () => {
        if (!this.#snapshotTimer) this.#snapshotEverySecond()
        if (index > 0) this.#snapshot()
        this.#tagger.startPhase(startsAt)
        this.#markLedger(startsAt)
      },
      Math.max(0, startsAt - now()),
    )
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
      phaseDone: (index) => this.#send({ type: 'phaseDone', index }),
      iterationThrew: (error) => this.#warn(`load() threw: ${firstLines(error)}`),
    })
  }

  async #finish(deadline: number, abort: boolean): Promise<void> {
    const interrupted = (await this.#runner?.finish(deadline, abort)) ?? 0
    this.#publishers?.abandon('run ended')
    this.#snapshot()
    this.#send({ type: 'finished', interrupted })
  }

  async #drain(deadline: number): Promise<void> {
    await this.#publishers?.flush()
    const behind = await awaitCopies(this.#places(), deadline)
    for (const [copy, queued] of behind)
      this.#warn(
        `stream ${copy} had not caught up with its origin when the drain ended: ${Number.isFinite(queued) ? `${queued} messages were queued for it` : 'it could not be asked'}`,
      )
    const [read, effects, audits] = await Promise.all([
      this.#consumers.drain(deadline),
      this.#auditEffects(deadline),
      this.#audit(deadline),
    ])
    const { pending } = read
    // What a copy has yet to get may still reach its consumers.
    const drained = read.drained && behind.size === 0
    const { verifyState: verify } = this.#script
    const context = { nats: this.#publishers!.first.client.nats, data: this.#data }
    const state = verify && (await verifyState(() => verify(context), deadline))
    if (drained) {
      this.#ledger.lost((kind, tags) => {
        this.#registry.set(tags).counter(kind === 'pull' ? 'lost' : 'core_lost').count += 1
      })
    }
    this.#snapshot()
    clearTimeout(this.#snapshotTimer)
    const ledger = this.#ledger.result({ origin: this.#origin, pending, drained, audits })
    this.#send({
      type: 'drained',
      ledger: { ...ledger, ...(effects.length > 0 && { effects }), ...(state && { state }) },
    })
  }

  /** Reads the streams themselves, on a connection of its own: the load's consumers are no witnesses of their content. */
  async #audit(deadline: number): Promise<Map<string, StreamAudit>> {
    const audits = new Map<string, StreamAudit>()
    for (const { region, streams } of this.#places()) {
      const judged = streams.filter(({ copies }) => !copies)
      if (judged.length === 0) continue
      const auditor = await this.#connectAuditor(region, deadline)
      try {
        const found = await auditStreams({
          nats: auditor?.nats,
          streams: judged,
          ledger: this.#ledger,
          runId: this.#config.runId,
          starts: this.#starts,
          origin: this.#origin,
          deadline,
        })
        for (const [stream, audit] of found) audits.set(stream, audit)
      } finally {
        await auditor?.close()
      }
    }
    return audits
  }

  async #auditEffects(deadline: number): Promise<EffectsLedger[]> {
    const { services } = this.#config.plan
    if (!services.some(({ effects }) => effects)) return []
    const auditor = await this.#connectAuditor(undefined, deadline)
    try {
      return await auditEffects({ nats: auditor?.nats, services, requests: this.#requests, deadline })
    } finally {
      await auditor?.close()
    }
  }

  async #connectAuditor(region: string | undefined, deadline: number): Promise<Client | undefined> {
    let auditor: Client | undefined
    while (!auditor && now() < deadline) {
      auditor = await this.#connect('auditor', this.#urls(region).consumers).catch(() => sleep(250, undefined))
    }
    return auditor
  }

  async #close(): Promise<void> {
    clearTimeout(this.#snapshotTimer)
    this.#health.stop()
    await this.#http.close()
    await this.#consumers.close()
    await this.#publishers?.close()
  }

  /** At whole seconds of the run, as its timeline is cut: an interval timer would drift away from them. */
  #snapshotEverySecond(): void {
    const left = snapshotIntervalMs - ((now() - this.#origin) % snapshotIntervalMs)
    // A timer may be a little early, and an edge is its own snapshot.
    const inMs = left < snapshotIntervalMs / 10 ? left + snapshotIntervalMs : left
    this.#snapshotTimer = setTimeout(() => {
      this.#snapshot()
      this.#snapshotEverySecond()
    }, inMs)
  }

  /** Sends what was measured since the last snapshot. Also at every phase's and window's edge, so that none lies across. */
  #snapshot(): void {
    if (!this.#runner) return
    const to = now()
    const samples = this.#registry.drain()
    const snapshot: Snapshot = {
      from: this.#snapshotFrom,
      to,
      iterations: this.#runner.take(),
      inFlight: this.#runner.inFlight,
      connected: this.#clients.every(({ connected }) => connected),
      acks: this.#publishers!.takeAcks(),
      ...samples,
      health: this.#health.take(),
    }
    this.#snapshotFrom = to
    this.#send(
      { type: 'snapshot', snapshot },
      samples.trends.map(({ pairs }) => pairs.buffer as ArrayBuffer),
    )
    if (this.#registry.overflowed) this.#warn('more than 1 000 combinations of tags: further ones are counted together')
  }

  get #clients(): readonly Client[] {
    return [...this.#publishers!.all.map(({ client }) => client), ...this.#consumers.clients]
  }

  #connect(name: string, urls: readonly string[]): Promise<Client> {
    const { topology } = this.#config.plan
    const auth = topology.kind === 'external' ? topology.auth : undefined
    return Client.connect(name, urls, (event) => this.#clientEvent(event), auth)
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

  #recordCustom(name: string, type: string, value: number, tags: Tags | undefined): void {
    const set = this.#tagger.current(tags)
    if (type === 'counter') set.counter(name).count += value
    else if (type === 'rate') {
      const rate = set.rate(name)
      rate.total += 1
      rate.trues += value
    } else if (type === 'gauge') {
      const gauge = set.gauge(name)
      const first = Number.isNaN(gauge.last)
      gauge.last = value
      gauge.min = first ? value : Math.min(gauge.min, value)
      gauge.max = first ? value : Math.max(gauge.max, value)
    } else sample(set.trend(name), value)
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

/** An error's message and the place in the script that it came from. */
function firstLines(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const place = firstFrame(error.stack)
  return place ? `${error.message} (${place})` : error.message
}
