import { randomInt } from 'node:crypto'
import type { FoundBinary } from '../binaries/index.ts'
import { UserError } from '../errors.ts'
import { createInjector } from '../faults/index.ts'
import { deriveSeed, type FromGenerator, type Pacing, randomFrom } from '../load/index.ts'
import { now } from '../measure/index.ts'
import type { Report } from '../report/index.ts'
import type { Plan } from '../script/index.ts'
import { startTopology, type Topology } from '../topology/index.ts'
import { assembleReport } from './assemble.ts'
import { GeneratorFailure, GeneratorHandle } from './generator-handle.ts'
import { LoadPlay } from './load-play.ts'
import type { RunObserver } from './observer.ts'
import { sleepUntil } from './player.ts'
import { startProxy } from './proxy.ts'
import { Recording } from './recording.ts'
import { ServerWatch } from './server-watch.ts'
import type { Halt } from './verdict.ts'
import { Windows } from './windows.ts'

export interface RunOptions {
  readonly id: string
  readonly plan: Plan
  /** `file:` URL of the bundle. */
  readonly bundleUrl: string
  readonly natsServer: FoundBinary
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
}

export type ToxiproxyChoice =
  | { readonly kind: 'embedded' }
  | { readonly kind: 'real'; readonly binary: FoundBinary }
  | { readonly kind: 'external'; readonly url: string }

const deadlines = {
  prepareMs: 30_000,
  setupMs: 60_000,
  teardownMs: 60_000,
  drainMs: 30_000,
  /** When the run ends early, what is in flight and what is queued get this long. */
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
  return run.report()
}

class Run {
  readonly #options: RunOptions
  readonly #observer: RunObserver
  readonly #halts: Halt[] = []
  readonly #halted = new AbortController()
  readonly #windows: Windows
  readonly #recording: Recording
  readonly #startedAt = new Date()
  #proxy: Awaited<ReturnType<typeof startProxy>> | undefined
  #topology: Topology | undefined
  #generator: GeneratorHandle | undefined
  #play: LoadPlay | undefined
  #watch: ServerWatch | undefined
  #loadStartedAt: Date | undefined
  #loadEndedAt = Number.NaN
  #heardAt = Number.NaN
  #stopping = false
  #lostReason: string | undefined
  readonly #lossSignal = new AbortController()

  constructor(options: RunOptions, observer: RunObserver) {
    this.#options = options
    this.#observer = observer
    this.#windows = new Windows(options.plan.phases.map(({ name }) => name))
    this.#recording = new Recording(options.plan, this.#windows)
    const interrupt = () => this.#halt({ kind: 'interrupted', reason: 'interrupted before the load was over' })
    if (options.interrupt.aborted) interrupt()
    else options.interrupt.addEventListener('abort', interrupt, { once: true })
  }

  /** Starts proxy, servers and generator. Throws when one of them can't be had; nothing is left running then. */
  async start(): Promise<void> {
    const { plan, bundleUrl, pacing, runDir, childEnv, onSpawn, natsServer, toxiproxy } = this.#options
    this.#observer.stage('starting')
    this.#proxy = await startProxy(toxiproxy, { seed: plan.options.seed, env: childEnv, onSpawn })
    void this.#proxy.running.died.then(({ code, signal }) => {
      this.#lost(`the proxy ended by itself (${signal ?? `exit code ${code}`}), so no link can be trusted`)
    })
    this.#topology = await startTopology(plan.topology, {
      runId: this.#options.id,
      runDir,
      toxiproxy: this.#proxy.client,
      external: toxiproxy.kind === 'external',
      natsServer,
      env: childEnv,
      onSpawn,
    })
    void this.#topology.died.then(({ name, exit }) => {
      const how = exit?.signal ?? `exit code ${exit?.code}`
      if (!this.#stopping) this.#halt({ kind: 'failed', reason: `nats-server ${name} ended by itself (${how})` })
    })
    this.#generator = new GeneratorHandle(
      { bundle: bundleUrl, plan, runId: randomInt(2 ** 32), urls: this.#topology.clientUrls, pacing },
      (message) => this.#hear(message),
    )
    void this.#generator.died.then((reason) => this.#lost(reason))
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
      if (plan.hooks.setup && !this.#halted.signal.aborted) {
        this.#observer.stage('setup')
        await this.#orHalt(generator.ask({ type: 'setup' }, 'setupDone', deadlines.setupMs))
      }
      if (!this.#halted.signal.aborted) await this.#playLoad(generator)
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
    await this.#topology?.stop()
    await this.#proxy?.running.stop()
  }

  async report(): Promise<Report> {
    const { id, plan, pacing, buildLabel } = this.#options
    return assembleReport({
      id,
      plan,
      pacing,
      buildLabel,
      startedAt: this.#loadStartedAt ?? this.#startedAt,
      endedAt: this.#loadEndedAt,
      proxy: this.#proxy!.record,
      servers: this.#topology?.servers() ?? [],
      halts: this.#halts,
      recording: this.#recording,
      windows: this.#windows,
      observed: this.#watch?.result(),
      faults: this.#play?.faults ?? [],
      phases: this.#play?.phases ?? [],
    })
  }

  async #playLoad(generator: GeneratorHandle): Promise<void> {
    const { plan } = this.#options
    const topology = this.#topology!
    const bypasses = await topology.bypasses()
    if (bypasses.length > 0) {
      this.#halt({ kind: 'invalid', reason: `a cut would be bypassed: ${bypasses.join('; ')}` })
      return
    }
    const injector = createInjector({
      links: topology.links,
      toxiproxy: this.#proxy!.client,
      nodes: topology.nodes,
      random: randomFrom(deriveSeed(plan.options.seed, faultSeed)),
    })
    const play = new LoadPlay({
      plan,
      generator,
      injector,
      topology,
      windows: this.#windows,
      recording: this.#recording,
      observer: this.#observer,
      halt: (halt) => this.#halt(halt),
      signal: this.#halted.signal,
    })
    this.#play = play
    this.#observer.stage('load')
    this.#loadStartedAt = new Date()
    this.#heardAt = now()
    const origin = play.begin()
    this.#watch = new ServerWatch(
      topology.nodes,
      plan.streams.map(({ name }) => name),
      this.#recording,
      this.#windows,
      origin,
    )
    this.#watch.start()
    this.#watch.countGoroutinesBefore(...stretchEnds(plan))
    const watch = setInterval(() => this.#checkSilence(), 1_000)
    try {
      await play.play()
      this.#loadEndedAt = now()
      this.#windows.end(this.#loadEndedAt)
      this.#observer.stage('finishing')
      // Healed before the last iterations are waited for: they would wait for a link that is cut.
      await play.healAll()
      await this.#finish(generator)
      await this.#awaitReplicas(play)
    } finally {
      clearInterval(watch)
      await this.#watch.stop()
    }
  }

  /** A stream is only judged when all its replicas say the same. */
  async #awaitReplicas(play: LoadPlay): Promise<void> {
    const watch = this.#watch!
    const since = now()
    const deadline = since + (this.#halted.signal.aborted ? deadlines.haltedMs : deadlines.drainMs)
    while (!watch.allCurrentSince(since) && now() < deadline) await sleepUntil(now() + 100, this.#lossSignal.signal)
    if (!watch.allCurrentSince(since) && this.#lostReason === undefined) {
      this.#halt({ kind: 'unknown', reason: 'not every replica was current when the drain ended' })
    }
    play.noteReplicas(watch)
  }

  async #finish(generator: GeneratorHandle): Promise<void> {
    const { plan } = this.#options
    const halted = this.#halted.signal.aborted
    const graceMs = halted ? deadlines.haltedMs : Math.max(...plan.phases.map(({ gracefulStopMs }) => gracefulStopMs))
    const drainMs = halted ? deadlines.haltedMs : deadlines.drainMs
    const margin = 5_000
    try {
      await this.#orLost(
        generator.ask({ type: 'finish', deadline: now() + graceMs, abort: halted }, 'finished', graceMs + margin),
      )
      this.#observer.stage('draining')
      await this.#orLost(generator.ask({ type: 'drain', deadline: now() + drainMs }, 'drained', drainMs + margin))
    } catch (error) {
      this.#halt({ kind: 'invalid', reason: messageOf(error) })
    }
  }

  async #teardown(generator: GeneratorHandle): Promise<void> {
    if (!this.#options.plan.hooks.teardown || this.#lostReason !== undefined) return
    try {
      const timeoutMs = this.#halted.signal.aborted ? deadlines.haltedMs : deadlines.teardownMs
      await this.#orLost(generator.ask({ type: 'teardown' }, 'teardownDone', timeoutMs))
    } catch (error) {
      this.#stepFailed('teardown', error)
    }
  }

  #stepFailed(step: 'setup' | 'teardown', error: unknown): void {
    const stack = error instanceof GeneratorFailure ? placeIn(error.record.stack) : ''
    this.#halt({ kind: 'error', reason: `${step}() failed: ${messageOf(error)}${stack}` })
  }

  #hear(message: FromGenerator): void {
    this.#heardAt = now()
    const interval = this.#recording.take(message)
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
      const { passed, observed } = this.#recording.judge(threshold)
      if (passed || observed === undefined) continue
      const { selector, expression } = threshold
      this.#halt({ kind: 'failed', reason: `threshold ${selector}: ${expression} failed and has abortOnFail` })
    }
  }

  #checkSilence(): void {
    if (now() - this.#heardAt < deadlines.silenceMs) return
    this.#lost(
      `the generator has not answered for ${deadlines.silenceMs / 1_000} s: load() or a handler blocks its event loop`,
    )
  }

  /** A part that the run can't do without is gone: nothing waits for it any more. */
  #lost(reason: string): void {
    if (this.#stopping || this.#lostReason !== undefined) return
    this.#lostReason = reason
    this.#lossSignal.abort()
    this.#halt({ kind: 'invalid', reason })
  }

  #halt(halt: Halt): void {
    if (this.#halts.some(({ reason }) => reason === halt.reason)) return
    this.#halts.push(halt)
    this.#observer.log(halt.reason)
    this.#halted.abort()
  }

  async #orHalt(promise: Promise<unknown>): Promise<void> {
    await raceAbort(promise, this.#halted.signal)
  }

  async #orLost(promise: Promise<unknown>): Promise<void> {
    await raceAbort(promise, this.#lossSignal.signal)
  }
}

/** Waits for the promise, but no longer than until the signal is aborted; a later rejection is nobody's. */
async function raceAbort(promise: Promise<unknown>, signal: AbortSignal): Promise<void> {
  promise.catch(() => {})
  let stop = () => {}
  const aborted = new Promise<void>((resolve) => {
    stop = resolve
    if (signal.aborted) resolve()
    signal.addEventListener('abort', stop)
  })
  try {
    await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', stop)
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

function placeIn(stack: string | undefined): string {
  const line = stack?.split('\n').find((candidate) => candidate.trimStart().startsWith('at '))
  return line ? ` (${line.trim()})` : ''
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
