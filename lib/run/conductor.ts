import { randomInt } from 'node:crypto'
import type { FoundBinary } from '../binaries/index.ts'
import { firstFrame, messageOf, UserError } from '../errors.ts'
import { createInjector } from '../faults/index.ts'
import { deriveSeed, type FromGenerator, type Pacing, randomFrom } from '../load/index.ts'
import { now } from '../measure/index.ts'
import { type BuildRecord, type Report, readBuild } from '../report/index.ts'
import type { Plan } from '../script/index.ts'
import { type Services, startServices } from '../services/index.ts'
import { type ServerRecord, shapeOf, startTopology, type Topology } from '../topology/index.ts'
import { assembleReport } from './assemble.ts'
import { recordConclusions } from './conclusions.ts'
import { endLoad } from './ending.ts'
import { GeneratorFailure, GeneratorHandle } from './generator-handle.ts'
import { Halts } from './halts.ts'
import { LoadPlay } from './load-play.ts'
import type { RunObserver } from './observer.ts'
import { startProxy } from './proxy.ts'
import { Recording } from './recording.ts'
import { FaultCourses } from './recovery/index.ts'
import { ServerWatch } from './server-watch.ts'
import { ServiceWatch } from './service-watch.ts'
import { Windows } from './windows.ts'

export interface RunOptions {
  readonly id: string
  readonly plan: Plan
  /** `file:` URL of the bundle. */
  readonly bundleUrl: string
  readonly natsServer: FoundBinary
  /** There when a service of the plan is behind one. */
  readonly haproxy: FoundBinary | undefined
  /** Path of the bundle of each service that has an entry. */
  readonly serviceBundles: ReadonlyMap<string, string>
  readonly toxiproxy: ToxiproxyChoice
  readonly pacing: Pacing
  readonly buildLabel: string | undefined
  /** Folder for everything the run writes besides its report. */
  readonly runDir: string
  /** Goes into the environment of every child, so that the reaper finds them. */
  readonly childEnv: Readonly<Record<string, string>>
  readonly onSpawn: (pid: number) => void
  /** Aborted by the first Ctrl-C or SIGTERM: heal, drain, report. */
  readonly interrupt: AbortSignal
  /** How long what is left after the load may take. */
  readonly drainMs: number
  /** The load has begun; `look` makes a report of what is known so far, without its intervals' histograms. */
  readonly onLoad?: ((look: () => Promise<Report>) => void) | undefined
}

export type ToxiproxyChoice =
  | { readonly kind: 'embedded' }
  | { readonly kind: 'real'; readonly binary: FoundBinary }
  | { readonly kind: 'external'; readonly url: string }

const deadlines = {
  prepareMs: 30_000,
  setupMs: 60_000,
  teardownMs: 60_000,
  /** Teardown's time when the run ends early. */
  haltedMs: 5_000,
  closeMs: 2_000,
  /** A generator tells once a second; silent for this long, its event loop is blocked. */
  silenceMs: 10_000,
} as const

/**
 * Runs a plan from nothing to a report. Whatever happens on the way, faults are healed, everything started is stopped,
 * and there is a report; only a topology that could not be started is thrown.
 */
export async function conduct(options: RunOptions, observer: RunObserver): Promise<Report> {
  const run = new Run(options, observer)
  try {
    await run.start()
    await run.load()
  } finally {
    await run.stop()
  }
  return run.report({ final: true })
}

class Run {
  readonly #options: RunOptions
  readonly #observer: RunObserver
  readonly #halts: Halts
  readonly #windows: Windows
  readonly #recording: Recording
  readonly #startedAt = new Date()
  /** Of the tree as it was when the run started. */
  readonly #build: Promise<BuildRecord>
  #proxy: Awaited<ReturnType<typeof startProxy>> | undefined
  #topology: Topology | undefined
  #services: Services | undefined
  #serviceWatch: ServiceWatch | undefined
  #generator: GeneratorHandle | undefined
  #play: LoadPlay | undefined
  #courses: FaultCourses | undefined
  #watch: ServerWatch | undefined
  #loadStartedAt: Date | undefined
  #loadEndedAt = Number.NaN
  #heardAt = Number.NaN
  #stopping = false

  constructor(options: RunOptions, observer: RunObserver) {
    this.#options = options
    this.#observer = observer
    const { buildLabel } = options
    this.#build = readBuild({ ...(buildLabel !== undefined && { label: buildLabel }), cwd: process.cwd() })
    this.#windows = new Windows(options.plan.phases.map(({ name }) => name))
    this.#recording = new Recording(options.plan, this.#windows)
    this.#halts = new Halts((reason) => observer.log(reason))
    const interrupt = () => this.#halts.halt({ kind: 'interrupted', reason: 'interrupted before the load was over' })
    if (options.interrupt.aborted) interrupt()
    else options.interrupt.addEventListener('abort', interrupt, { once: true })
  }

  /** Starts proxy, servers and generator. Throws when one of them can't be had; nothing is left running then. */
  async start(): Promise<void> {
    const { plan, bundleUrl, pacing, runDir, childEnv, onSpawn, natsServer, toxiproxy } = this.#options
    this.#observer.stage('starting')
    this.#proxy = await startProxy(toxiproxy, { seed: plan.options.seed, env: childEnv, onSpawn })
    void this.#proxy.running.died.then(({ code, signal }) => {
      this.#lose(`the proxy ended by itself (${signal ?? `exit code ${code}`}), so no link can be trusted`)
    })
    this.#topology = await startTopology(plan.topology, {
      runId: this.#options.id,
      runDir,
      toxiproxy: this.#proxy.client,
      external: toxiproxy.kind === 'external',
      natsServer,
      env: childEnv,
      onSpawn,
      onDied: (server) => this.#serverDied(server),
    })
    this.#services = await startServices(plan.services, {
      runId: this.#options.id,
      runDir,
      topology: this.#topology,
      bundles: this.#options.serviceBundles,
      haproxy: this.#options.haproxy,
      toxiproxy: this.#proxy.client,
      external: toxiproxy.kind === 'external',
      env: childEnv,
      onSpawn,
      onExit: (instance) => this.#serviceWatch?.ended(instance),
    })
    this.#generator = new GeneratorHandle(
      {
        bundle: bundleUrl,
        plan,
        runId: randomInt(2 ** 32),
        urls: this.#topology.clientUrls,
        pacing,
        services: this.#services.urls,
      },
      (message) => this.#hear(message),
    )
    void this.#generator.died.then((reason) => this.#lose(reason))
    try {
      await this.#generator.ask({ type: 'prepare' }, 'prepared', deadlines.prepareMs)
    } catch (error) {
      throw new UserError(`the load could not be prepared: ${messageOf(error)}`, { cause: error })
    }
  }

  /** Setup, phases, drain, teardown. A halt skips what is left of the load, never what cleans up after it. */
  async load(): Promise<void> {
    const generator = this.#generator!
    const { plan } = this.#options
    try {
      if (plan.hooks.setup && !this.#halts.halted) {
        this.#observer.stage('setup')
        await this.#halts.orHalted(generator.ask({ type: 'setup' }, 'setupDone', deadlines.setupMs))
      }
      if (!this.#halts.halted) await this.#playLoad(generator)
    } catch (error) {
      this.#stepFailed('setup', error)
    } finally {
      await this.#teardown(generator)
    }
  }

  /** Ends everything that was started. Never rejects. */
  async stop(): Promise<void> {
    this.#stopping = true
    this.#observer.stage('stopping')
    await this.#generator?.close(deadlines.closeMs)
    await this.#services?.stop()
    await this.#topology?.stop()
    await this.#proxy?.running.stop()
  }

  /** `final` once it is over; before, it is what is known so far. */
  async report({ final }: { final: boolean }): Promise<Report> {
    const { id, plan, pacing } = this.#options
    return assembleReport({
      id,
      plan,
      pacing,
      build: await this.#build,
      startedAt: this.#loadStartedAt ?? this.#startedAt,
      endedAt: this.#loadEndedAt,
      proxy: this.#proxy!.record,
      servers: this.#topology?.servers() ?? [],
      halts: this.#halts.list,
      recording: this.#recording,
      windows: this.#windows,
      observed: this.#watch?.result(),
      services: this.#serviceWatch?.result() ?? [],
      faults: this.#play?.faults ?? [],
      phases: this.#play?.phases ?? [],
      final,
    })
  }

  async #playLoad(generator: GeneratorHandle): Promise<void> {
    const { plan } = this.#options
    const topology = this.#topology!
    const bypasses = await topology.bypasses()
    if (bypasses.length > 0) {
      this.#halts.halt({ kind: 'invalid', reason: `a cut would be bypassed: ${bypasses.join('; ')}` })
      return
    }
    const injector = createInjector({
      links: [...topology.links, ...this.#services!.links],
      toxiproxy: this.#proxy!.client,
      nodes: topology.nodes,
      instances: this.#services!.all.flatMap(({ instances }) => instances),
      regions: shapeOf(plan.topology).regions,
      random: randomFrom(deriveSeed(plan.options.seed, faultSeed)),
    })
    const courses = new FaultCourses({
      recording: this.#recording,
      replicasCurrentAt: plan.streams.some(({ replicas }) => replicas > 1)
        ? (time) => this.#watch?.currentAt(time)
        : undefined,
    })
    this.#courses = courses
    const play = new LoadPlay({
      plan,
      generator,
      injector,
      topology,
      windows: this.#windows,
      recording: this.#recording,
      courses,
      observer: this.#observer,
      halts: this.#halts,
    })
    this.#play = play
    this.#observer.stage('load')
    this.#loadStartedAt = new Date()
    this.#heardAt = now()
    const origin = play.begin()
    this.#watch = new ServerWatch({
      nodes: topology.nodes,
      plan,
      recording: this.#recording,
      windows: this.#windows,
      origin,
      onLook: (observation, backlogs) => courses.look(observation, backlogs, this.#windows.current.kind === 'baseline'),
    })
    this.#watch.start()
    this.#serviceWatch = new ServiceWatch(this.#services!.all, this.#recording, this.#windows, origin, (text) =>
      this.#observer.log(text),
    )
    this.#serviceWatch.start()
    this.#options.onLoad?.(() => this.report({ final: false }))
    this.#watch.countGoroutinesBefore(...stretchEnds(plan))
    const watch = setInterval(() => this.#checkSilence(), 1_000)
    try {
      await play.play()
      this.#loadEndedAt = now()
      this.#windows.end(this.#loadEndedAt)
      await endLoad({
        plan,
        generator,
        play,
        watch: this.#watch,
        recording: this.#recording,
        nodes: topology.nodes,
        halts: this.#halts,
        observer: this.#observer,
        drainMs: this.#options.drainMs,
      })
      courses.end(this.#loadEndedAt, now())
      recordConclusions(this.#recording.aggregate, this.#recording.ledger, this.#watch.leakChecks())
    } finally {
      clearInterval(watch)
      await Promise.all([this.#watch.stop(), this.#serviceWatch.stop(), play.noteCuts()])
    }
  }

  async #teardown(generator: GeneratorHandle): Promise<void> {
    if (!this.#options.plan.hooks.teardown || this.#halts.lost) return
    try {
      const timeoutMs = this.#halts.halted ? deadlines.haltedMs : deadlines.teardownMs
      await this.#halts.orLost(generator.ask({ type: 'teardown' }, 'teardownDone', timeoutMs))
    } catch (error) {
      this.#stepFailed('teardown', error)
    }
  }

  #stepFailed(step: 'setup' | 'teardown', error: unknown): void {
    const frame = error instanceof GeneratorFailure ? firstFrame(error.record.stack) : undefined
    const place = frame ? ` (${frame})` : ''
    this.#halts.halt({ kind: 'error', reason: `${step}() failed: ${messageOf(error)}${place}` })
  }

  #hear(message: FromGenerator): void {
    this.#heardAt = now()
    const interval = this.#recording.take(message)
    if (message.type === 'event') this.#courses?.event(message.event)
    if (message.type === 'warning') this.#observer.log(message.text)
    else if (message.type === 'event' && message.event.kind !== 'first-ack') {
      const { client, kind, detail } = message.event
      this.#observer.log(`${client}: ${kind}${detail ? ` ${detail}` : ''}`)
    } else if (message.type === 'phaseDone') this.#play?.phaseDone(message.index)
    if (!interval) return
    this.#observer.interval(interval)
    this.#play?.observe(interval)
    this.#checkThresholds()
  }

  #checkThresholds(): void {
    const elapsed = now() - this.#recording.origin
    for (const threshold of this.#options.plan.thresholds) {
      if (!threshold.abortOnFail || elapsed < threshold.delayAbortEvalMs) continue
      const { passed, observed, notWithin } = this.#recording.judge(threshold)
      if (passed || (observed === undefined && notWithin === undefined)) continue
      const { selector, expression } = threshold
      this.#halts.halt({ kind: 'failed', reason: `threshold ${selector}: ${expression} failed and has abortOnFail` })
    }
  }

  /** Every one is told of: what kills the second server may not be what killed the first. */
  #serverDied({ name, exit }: ServerRecord): void {
    const how = exit?.signal ?? `exit code ${exit?.code}`
    if (!this.#stopping) this.#halts.halt({ kind: 'failed', reason: `nats-server ${name} ended by itself (${how})` })
  }

  /** What ends because it was told to is no loss. */
  #lose(reason: string): void {
    if (!this.#stopping) this.#halts.lose(reason)
  }

  #checkSilence(): void {
    if (now() - this.#heardAt < deadlines.silenceMs) return
    this.#lose(
      `the generator has not answered for ${deadlines.silenceMs / 1_000} s: load() or a handler blocks its event loop`,
    )
  }
}

/** Its stream of random numbers is the faults' own: iterations and phases have theirs. */
const faultSeed = -1_000_000

/** Ends of the stretches whose resources are compared: the first fault, and the end of the load. Milliseconds. */
function stretchEnds(plan: Plan): number[] {
  let start = 0
  let firstFault: number | undefined
  for (const { durationMs, faults } of plan.phases) {
    for (const { atMs } of faults) firstFault = Math.min(firstFault ?? Number.POSITIVE_INFINITY, start + atMs)
    start += durationMs
  }
  return firstFault === undefined ? [] : [firstFault, start]
}
