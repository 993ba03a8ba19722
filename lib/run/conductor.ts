import { messageOf } from '../errors.ts'
import { createInjector } from '../faults/index.ts'
import { deriveSeed, now, randomFrom } from '../measure/index.ts'
import { type BuildRecord, type Report, readBuild } from '../report/index.ts'
import type { Plan } from '../script/index.ts'
import { scriptFrame } from '../script-frame.ts'
import { shapeOf } from '../topology/index.ts'
import { assembleReport } from './assemble.ts'
import { recordConclusions } from './conclusions.ts'
import { Deployment, type DeploymentOptions } from './deployment.ts'
import { defaultDrainOf, endLoad } from './ending.ts'
import { GeneratorFailure } from './generator-handle.ts'
import { Halts } from './halts.ts'
import { Hearing } from './hearing.ts'
import type { RunObserver } from './observer.ts'
import { LoadPlay } from './play/load-play.ts'
import { Recording } from './recording/recording.ts'
import { Windows } from './recording/windows.ts'
import { FaultCourses } from './recovery/index.ts'
import { RegionWatch } from './watch/region-watch.ts'
import { ServerWatch } from './watch/server-watch.ts'
import { ServiceWatch } from './watch/service-watch.ts'

export interface RunOptions extends DeploymentOptions {
  readonly buildLabel: string | undefined
  /** Aborted by the first Ctrl-C or SIGTERM: heal, drain, report. */
  readonly interrupt: AbortSignal
  /** How long what is left after the load may take; undefined: as long as is usual for the plan. */
  readonly drainMs: number | undefined
  /** The load has begun; `look` makes a report of what is known so far, without its intervals' histograms. */
  readonly onLoad?: ((look: () => Promise<Report>) => void) | undefined
}

const deadlines = {
  setupMs: 60_000,
  teardownMs: 60_000,
  /** Teardown's time when the run ends early. */
  haltedMs: 5_000,
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
  readonly #hearing: Hearing
  readonly #deployment: Deployment
  #serviceWatch: ServiceWatch | undefined
  #play: LoadPlay | undefined
  #watch: ServerWatch | undefined
  #loadStartedAt: Date | undefined

  constructor(options: RunOptions, observer: RunObserver) {
    this.#options = options
    this.#observer = observer
    const { buildLabel } = options
    this.#build = readBuild({ ...(buildLabel !== undefined && { label: buildLabel }), cwd: process.cwd() })
    this.#windows = new Windows(options.plan.phases.map(({ name }) => name))
    this.#recording = new Recording(options.plan, this.#windows)
    this.#halts = new Halts((reason) => observer.log(reason))
    this.#hearing = new Hearing({ plan: options.plan, recording: this.#recording, halts: this.#halts, observer })
    this.#deployment = new Deployment(options, {
      halts: this.#halts,
      onMessage: (message) => this.#hearing.hear(message),
      onInstanceDown: (instance) => void this.#serviceWatch?.down(instance),
      onInstanceExit: (instance) => this.#serviceWatch?.ended(instance),
      onLeft: (text) => observer.log(text),
    })
    if (options.interrupt.aborted) this.#interrupt()
    else options.interrupt.addEventListener('abort', this.#interrupt, { once: true })
  }

  readonly #interrupt = () => {
    const when = this.#windows.isOver(now()) ? 'after the load, before the run was over' : 'before the load was over'
    this.#halts.halt({ kind: 'interrupted', reason: `interrupted ${when}` })
  }

  /** Throws when a part of the deployment can't be had. */
  async start(): Promise<void> {
    this.#observer.stage('starting')
    await this.#deployment.start()
  }

  /** Setup, phases, drain, teardown. A halt skips what is left of the load, never what cleans up after it. */
  async load(): Promise<void> {
    const { plan } = this.#options
    const { generator } = this.#deployment
    try {
      if (plan.hooks.setup && !this.#halts.halted) {
        this.#observer.stage('setup')
        await this.#halts.orHalted(generator.ask({ type: 'setup' }, 'setupDone', deadlines.setupMs))
      }
      if (!this.#halts.halted) await this.#playLoad()
    } catch (error) {
      this.#stepFailed('setup', error)
    } finally {
      await this.#teardown()
    }
  }

  /** Ends everything that was started. Never rejects. */
  async stop(): Promise<void> {
    // Nothing is left to cut short.
    this.#options.interrupt.removeEventListener('abort', this.#interrupt)
    this.#observer.stage('stopping')
    await this.#deployment.stop()
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
      endedAt: this.#windows.endedAt,
      proxy: this.#deployment.proxy.record,
      driver: this.#deployment.driver,
      servers: this.#deployment.topology.servers(),
      halts: this.#halts.list,
      recording: this.#recording,
      windows: this.#windows,
      observed: this.#watch?.result(),
      services: this.#serviceWatch?.result() ?? [],
      faults: this.#play?.faults.records ?? [],
      phases: this.#play?.phases ?? [],
      final,
    })
  }

  async #playLoad(): Promise<void> {
    const { plan } = this.#options
    const { topology, services, proxy, generator } = this.#deployment
    const bypasses = await topology.bypasses()
    if (bypasses.length > 0) {
      this.#halts.halt({ kind: 'invalid', reason: `a cut would be bypassed: ${bypasses.join('; ')}` })
      return
    }
    const injector = createInjector({
      links: [...topology.links, ...services.links],
      toxiproxy: proxy.client,
      nodes: topology.nodes,
      services: services.all,
      regions: shapeOf(plan.topology).regions,
      kernel: this.#deployment.cuts,
      random: randomFrom(deriveSeed(plan.options.seed, faultSeed)),
    })
    const courses = new FaultCourses({
      recording: this.#recording,
      replicasCurrentAt: plan.streams.some(({ replicas }) => replicas > 1)
        ? (time) => this.#watch?.currentAt(time)
        : undefined,
    })
    const regions = RegionWatch.of(plan, topology.servers(), this.#options.id)
    if (regions) await this.#halts.orHalted(regions.start())
    const play = new LoadPlay({
      plan,
      generator,
      injector,
      topology,
      windows: this.#windows,
      recording: this.#recording,
      courses,
      areRegionsConnected: () => regions?.areConnected ?? true,
      observer: this.#observer,
      halts: this.#halts,
    })
    this.#play = play
    this.#observer.stage('load')
    this.#loadStartedAt = new Date()
    const origin = play.begin()
    this.#watch = new ServerWatch({
      nodes: topology.nodes,
      plan,
      recording: this.#recording,
      windows: this.#windows,
      origin,
      regions,
      onLook: (observation, around) => courses.look(observation, around, this.#windows.current.kind === 'baseline'),
    })
    this.#watch.start()
    this.#serviceWatch = new ServiceWatch({
      services: services.all,
      recording: this.#recording,
      windows: this.#windows,
      origin,
      log: (text) => this.#observer.log(text),
    })
    this.#serviceWatch.start()
    this.#options.onLoad?.(() => this.report({ final: false }))
    this.#watch.countGoroutinesBefore(...stretchEnds(plan))
    this.#hearing.begin({ play, courses, services: this.#serviceWatch })
    try {
      await play.play()
      await endLoad({
        plan,
        generator,
        play,
        watch: this.#watch,
        recording: this.#recording,
        nodes: topology.nodes,
        halts: this.#halts,
        observer: this.#observer,
        drainMs: this.#options.drainMs ?? defaultDrainOf(plan),
      })
      await this.#serviceWatch.lookAtState()
      courses.end(this.#windows.endedAt, now())
      recordConclusions(this.#recording.aggregate, this.#recording.ledger, this.#watch.leakChecks())
    } finally {
      this.#hearing.end()
      await Promise.all([this.#watch.stop(), this.#serviceWatch.stop(), play.faults.noteCuts()])
    }
  }

  async #teardown(): Promise<void> {
    if (!this.#options.plan.hooks.teardown || this.#halts.lost) return
    try {
      const timeoutMs = this.#halts.halted ? deadlines.haltedMs : deadlines.teardownMs
      await this.#halts.orLost(this.#deployment.generator.ask({ type: 'teardown' }, 'teardownDone', timeoutMs))
    } catch (error) {
      this.#stepFailed('teardown', error)
    }
  }

  #stepFailed(step: 'setup' | 'teardown', error: unknown): void {
    const frame = error instanceof GeneratorFailure ? scriptFrame(error.record.stack) : undefined
    const place = frame ? ` (${frame})` : ''
    this.#halts.halt({ kind: 'error', reason: `${step}() failed: ${messageOf(error)}${place}` })
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
