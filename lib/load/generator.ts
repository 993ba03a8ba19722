import { setTimeout as sleep } from 'node:timers/promises'
import { firstFrame } from '../errors.ts'
import { now, SampleRegistry, sample, setCustomMetricSink, type Tags } from '../measure/index.ts'
import type { StreamAudit } from './audit.ts'
import { auditStreams, noteStarts, type Starts } from './audits.ts'
import { Client } from './client.ts'
import { Consumers } from './consumers.ts'
import { auditEffects } from './effects.ts'
import { HealthMonitor } from './health.ts'
import { HttpClient } from './http.ts'
import type { Load, SetupContext, TeardownContext } from './iteration.ts'
import { Ledger } from './ledger.ts'
import type { EffectsLedger } from './ledger-result.ts'
import { PayloadSource } from './payload.ts'
import type { ClientEvent, FromGenerator, GeneratorConfig, Snapshot, ToGenerator } from './protocol.ts'
import { provision } from './provision.ts'
import { Publisher } from './publisher.ts'
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
  #publisher: Publisher | undefined
  #runner: Runner | undefined
  #data: unknown
  #snapshotTimer: NodeJS.Timeout | undefined
  #snapshotFrom = 0
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
    this.#ledger = new Ledger(plan.consumers, plan.streams)
    this.#health = new HealthMonitor(config.pacing)
    this.#requests = new RequestLedger(runId)
    this.#http = new HttpClient(config.services, this.#requests, this.#tagger)
    this.#consumers = new Consumers({
      ledger: this.#ledger,
      tagger: this.#tagger,
      runId,
      connect: (name) => this.#connect(`consumer ${name}`, config.urls.consumers),
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
          const { nats } = this.#publisher!.client
          this.#data = await this.#script.setup?.({ nats })
          this.#starts = await noteStarts(nats, this.#config.plan.streams)
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
          await this.#script.teardown?.({ nats: this.#publisher!.client.nats, data: this.#data })
          this.#send({ type: 'teardownDone' })
        })
      case 'close':
        return this.#close()
    }
  }

  async #prepare(): Promise<void> {
    const { plan, urls, runId } = this.#config
    const client = await this.#connect('publisher', urls.publishers)
    this.#publisher = new Publisher({
      client,
      ledger: this.#ledger,
      tagger: this.#tagger,
      payloads: new PayloadSource(deriveSeed(plan.options.seed, 0)),
      streams: plan.streams,
      runId,
      onAck: () => this.#acked(),
    })
    // What is in somebody's cluster already is looked at first, and by the runner.
    if (plan.topology.kind === 'external') this.#starts = await noteStarts(client.nats, plan.streams)
    else await provision(client.nats, plan.streams, plan.consumers)
    for (const consumer of plan.consumers) {
      await this.#consumers.start(consumer, this.#script.consumers?.[consumer.index]?.handler)
    }
    this.#send({ type: 'prepared' })
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
      publisher: this.#publisher!,
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
    this.#publisher?.abandon('run ended')
    this.#snapshot()
    this.#send({ type: 'finished', interrupted })
  }

  async #drain(deadline: number): Promise<void> {
    await this.#publisher?.flush().catch(() => {})
    const [{ drained, pending }, { audits, effects }] = await Promise.all([
      this.#consumers.drain(deadline),
      this.#audit(deadline),
    ])
    const { verifyState: verify } = this.#script
    const context = { nats: this.#publisher!.client.nats, data: this.#data }
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
  async #audit(deadline: number): Promise<{ audits: Map<string, StreamAudit>; effects: EffectsLedger[] }> {
    const { plan, urls, runId } = this.#config
    let auditor: Client | undefined
    while (!auditor && now() < deadline) {
      auditor = await this.#connect('auditor', urls.consumers).catch(() => sleep(250, undefined))
    }
    try {
      const nats = auditor?.nats
      const { services } = plan
      const effects = await auditEffects({ nats, services, requests: this.#requests, deadline })
      const audits = await auditStreams({
        nats,
        streams: plan.streams,
        ledger: this.#ledger,
        runId,
        starts: this.#starts,
        origin: this.#origin,
        deadline,
      })
      return { audits, effects }
    } finally {
      await auditor?.close()
    }
  }

  async #close(): Promise<void> {
    clearTimeout(this.#snapshotTimer)
    this.#health.stop()
    await this.#http.close()
    await this.#consumers.close()
    await this.#publisher?.client.close()
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
      acks: this.#publisher!.takeAcks(),
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
    return [this.#publisher!.client, ...this.#consumers.clients]
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
