import { messageOf } from '../errors.ts'
import {
  type Fault,
  type FaultLogEntry,
  type Injector,
  isNodeFault,
  isNotBack,
  type Occurrence,
} from '../faults/index.ts'
import { isOpen } from '../load/index.ts'
import { formatDuration, now, type Window, windowLabel } from '../measure/index.ts'
import type { FaultRecord } from '../report/index.ts'
import type { Plan } from '../script/index.ts'
import type { Roll, RollStep } from '../services/index.ts'
import type { Topology } from '../topology/index.ts'
import type { GeneratorHandle } from './generator-handle.ts'
import type { Halts } from './halts.ts'
import type { RunObserver } from './observer.ts'
import { actionsOf, sleepUntil } from './player.ts'
import type { Interval, Recording } from './recording.ts'
import { type FaultCourses, isHealthy, RecoveryWatch } from './recovery/index.ts'
import { rollLog } from './roll-log.ts'
import { type CutMade, type WatchOfCut, watchOf } from './watch-of-cut.ts'
import type { Windows } from './windows.ts'

export interface PlayParts {
  readonly plan: Plan
  readonly generator: GeneratorHandle
  readonly injector: Injector
  readonly topology: Topology
  readonly windows: Windows
  readonly recording: Recording
  readonly courses: FaultCourses
  /** As far as was seen last; true where there are none. */
  readonly areRegionsConnected: () => boolean
  readonly observer: RunObserver
  /** A halt ends the play where it is. */
  readonly halts: Halts
}

/** Time for the first phase's message to reach the generator, so that the first iteration is not late. */
const leadMs = 100

export interface PhaseSpan {
  readonly startMs: number
  /** Absent while it lasts. */
  endMs?: number
}

type LogEntry = { -readonly [K in keyof FaultLogEntry]: FaultLogEntry[K] }

/**
 * Plays the plan's phases and faults by the clock, and decides which window the run is in. It is the only place that
 * knows what is being done to the system and when.
 */
export class LoadPlay {
  readonly #parts: PlayParts
  readonly #entries = new Map<string, LogEntry>()
  readonly #cuts = new Map<string, WatchOfCut>()
  readonly #rolls = new Map<string, Roll>()
  /** Faults that are being healed, or were: a rolling restart that is done and one whose time is over meet here. */
  readonly #healing = new Set<string>()
  readonly #spans: PhaseSpan[] = []
  #ranOut: AbortController | undefined
  #recovery: { readonly watch: RecoveryWatch; readonly entry: LogEntry } | undefined
  #phase = 0

  constructor(parts: PlayParts) {
    this.#parts = parts
  }

  /** What became of each fault, in the order they were due. */
  get faults(): readonly FaultRecord[] {
    return [...this.#entries.values()].map((entry) => {
      const recovery = this.#parts.courses.recordOf(entry.id)
      const roll = this.#rolls.get(entry.id)
      return {
        ...entry,
        ...(recovery && { recovery }),
        ...(roll && { roll: rollLog(roll, this.#parts.recording.origin) }),
      }
    })
  }

  /** Start and end of each phase that began, milliseconds from the start of the load. */
  get phases(): readonly PhaseSpan[] {
    return this.#spans
  }

  /** Fixes when the load starts, a moment from now; returns that, in monotonic milliseconds. */
  begin(): number {
    const startsAt = now() + leadMs
    this.#parts.recording.origin = startsAt
    this.#announcePhase(0, startsAt)
    return startsAt
  }

  /** Resolves when the last phase is over, or at a halt; what was being healed by then is healed, which may be later. */
  async play(): Promise<void> {
    const { plan, recording, halts, windows } = this.#parts
    const { signal } = halts
    let startsAt = recording.origin
    for (const index of plan.phases.keys()) {
      await sleepUntil(startsAt, signal)
      if (signal.aborted) return
      startsAt = await this.#playPhase(index, startsAt)
    }
    if (!signal.aborted) windows.end(startsAt)
  }

  /** Called with each interval: recovery is judged by it. */
  observe(interval: Interval): void {
    const { plan, recording, windows, courses, observer } = this.#parts
    // Where nothing is sent nothing is slow, and nothing is well again.
    if (windows.isOver((interval.from + interval.to) / 2)) return
    courses.interval(interval)
    if (!this.#recovery) return
    const connected = interval.connected && this.#parts.areRegionsConnected()
    const isPhaseOpen = isOpen(plan.phases[this.#phase]!.executor)
    const healthy = isHealthy({ ...interval, connected }, recording.normal(), isPhaseOpen)
    const recoveryMs = this.#recovery.watch.observe(interval, healthy)
    if (recoveryMs === undefined) return
    const { entry } = this.#recovery
    this.#recovery = undefined
    courses.recovered(entry.id, recoveryMs)
    observer.log(
      `recovered from ${entry.name} ${recoveryMs === 0 ? 'as soon as' : `${formatDuration(recoveryMs)} after`} it was healed`,
    )
    this.#announce(now(), windows.recovered(now()))
  }

  /** The generator has nothing left to do for a phase: only `iterations` is over before its time. */
  phaseDone(index: number): void {
    if (index === this.#phase) this.#ranOut?.abort()
  }

  /** Heals whatever is still in force, and ends a load that was halted, which went on until now; a failure to heal is a halt. */
  async healAll(): Promise<void> {
    const { injector, halts, windows, courses } = this.#parts
    for (const cut of this.#cuts.values()) cut.healing()
    for (const id of this.#entries.keys()) this.#healing.add(id)
    try {
      await injector.healAll()
    } catch (error) {
      halts.halt({ kind: kindOf(error), reason: `not every fault could be healed: ${messageOf(error)}` })
    }
    const at = now()
    for (const entry of this.#entries.values()) {
      if (entry.appliedAt === undefined || entry.healedAt !== undefined || entry.error !== undefined) continue
      entry.healedAt = at - this.#parts.recording.origin
      const window = windows.heal(at, entry.id)
      this.#announce(at, window)
      courses.healed(entry.id, at, window.kind === 'recovery')
    }
    windows.end(at)
  }

  /** Waits for the last looks at cuts, some seconds at most, and notes what was seen. Never rejects. */
  async noteCuts(): Promise<void> {
    for (const [id, cut] of this.#cuts) Object.assign(this.#entries.get(id)!, await cut.settled())
  }

  /** Returns when the next phase starts: as planned, or soon if this one ran out of iterations. */
  async #playPhase(index: number, startsAt: number): Promise<number> {
    const { plan, halts, recording, windows } = this.#parts
    const { signal } = halts
    const phase = plan.phases[index]!
    const planned = startsAt + phase.durationMs
    const ranOut = new AbortController()
    this.#ranOut = mayRunOut(phase) ? ranOut : undefined
    const over = AbortSignal.any([signal, ranOut.signal])
    this.#phase = index
    this.#enter(index, startsAt)
    const span = this.#spans[index]!
    for (const { at, kind, occurrence } of actionsOf(phase.faults, startsAt, planned)) {
      await sleepUntil(at, over)
      if (signal.aborted) break
      if (kind === 'heal') await this.#heal(occurrence)
      else if (!over.aborted) await this.#apply(occurrence, at)
    }
    await sleepUntil(planned, over)
    const endsAt = over.aborted ? Math.min(planned, now()) : planned
    span.endMs = endsAt - recording.origin
    if (!this.#ranOut || index === plan.phases.length - 1) return endsAt
    windows.endPhase(endsAt)
    const next = now() + leadMs
    this.#announcePhase(index + 1, next)
    return next
  }

  /** Begins a phase, or after the last one ends the load; those after it by the clock, whatever is being healed at that time. */
  #enter(index: number, startsAt: number): void {
    const { plan, windows, observer, halts, recording } = this.#parts
    if (halts.halted || index < this.#spans.length) return
    const phase = plan.phases[index]
    if (!phase) {
      windows.end(startsAt)
      return
    }
    windows.startPhase(startsAt, index)
    this.#spans.push({ startMs: startsAt - recording.origin })
    observer.phase(index, startsAt)
    if (mayRunOut(phase)) return
    const planned = startsAt + phase.durationMs
    void sleepUntil(planned - leadMs, halts.signal).then(() => this.#announcePhase(index + 1, planned))
    void sleepUntil(planned, halts.signal).then(() => this.#enter(index + 1, planned))
  }

  /** Tells the generator of a phase ahead of its start. */
  #announcePhase(index: number, startsAt: number): void {
    const { plan, generator, halts } = this.#parts
    if (halts.halted || index >= plan.phases.length) return
    generator.send({ type: 'phase', index, startsAt })
  }

  async #apply(occurrence: Occurrence, scheduled: number): Promise<void> {
    const { plan, injector, windows, recording, courses, observer, halts } = this.#parts
    const { id, name, fault, atMs, forMs } = occurrence
    const { origin } = recording
    const { name: phase, durationMs } = plan.phases[this.#phase]!
    const plannedMs = Math.min(durationMs - atMs, forMs ?? Number.POSITIVE_INFINITY)
    const entry: LogEntry = { id, name, phase, fault, targets: [], scheduledAt: scheduled - origin, plannedMs }
    this.#entries.set(id, entry)
    this.#recovery = undefined
    const at = now()
    // Before the first control call: what that call does to a message already belongs to the fault.
    this.#announce(at, windows.apply(at, id, name))
    try {
      const { applyingAt, appliedAt, cuts, roll, pulse, probe, ...where } = await injector.apply(
        occurrence,
        (startsAt) => courses.begin(id, this.#phase, { phase, fault: name, node: undefined }, startsAt),
        (step) => this.#stepped(fault, step),
      )
      if (roll) void this.#rolled(occurrence, roll)
      Object.assign(entry, { ...where, applyingAt: applyingAt - origin, appliedAt: appliedAt - origin })
      const { targets } = where
      this.#watchCut(occurrence, { targets, cuts: cuts ?? [], probe, ...(pulse && { times: () => pulse.times }) })
      if (isNodeFault(fault) && targets.length === 1) courses.hit(id, targets[0]!)
      observer.log(`${id} applied to ${where.parts ?? targets.join(', ')}`)
    } catch (error) {
      courses.drop(id)
      entry.error = messageOf(error)
      halts.halt({ kind: kindOf(error), reason: `fault ${id} could not be applied: ${entry.error}` })
    }
  }

  async #heal(occurrence: Occurrence): Promise<void> {
    const { injector, windows, recording, courses, observer, halts } = this.#parts
    const entry = this.#entries.get(occurrence.id)
    if (!entry || entry.error !== undefined || this.#healing.has(occurrence.id)) return
    this.#healing.add(occurrence.id)
    const { origin } = recording
    this.#cuts.get(occurrence.id)?.healing()
    try {
      const { healingAt, healedAt } = await injector.heal(occurrence)
      Object.assign(entry, { healingAt: healingAt - origin, healedAt: healedAt - origin })
      observer.log(`${occurrence.id} healed`)
      const window = windows.heal(healedAt, occurrence.id)
      this.#announce(healedAt, window)
      courses.healed(occurrence.id, healedAt, window.kind === 'recovery')
      if (window.kind === 'recovery') this.#recovery = { watch: new RecoveryWatch(healedAt), entry }
    } catch (error) {
      courses.drop(occurrence.id)
      entry.error = messageOf(error)
      halts.halt({ kind: kindOf(error), reason: `fault ${occurrence.id} could not be healed: ${entry.error}` })
    }
  }

  /** A rolling restart is over when all have had their turn, and not before its instance under way is back. */
  async #rolled(occurrence: Occurrence, roll: Roll): Promise<void> {
    const { observer } = this.#parts
    this.#rolls.set(occurrence.id, roll)
    await roll.done
    if (roll.failure !== undefined) observer.log(`${occurrence.id} stopped: ${roll.failure}`)
    await this.#heal(occurrence)
  }

  #stepped(fault: Fault, step: RollStep): void {
    const { recording, windows, observer } = this.#parts
    if (fault.kind !== 'rollingRestart') return
    const { service } = fault
    const { instance, beganAt, activeAt } = step
    const tags = { ...windows.tagsAt(activeAt ?? now()), service, instance }
    if (activeAt === undefined) {
      recording.aggregate.recordCensored('instance_restart_time', tags, now() - beganAt)
      return
    }
    recording.aggregate.record('instance_restart_time', tags, activeAt - beganAt)
    observer.log(`${instance} restarted and active again in ${formatDuration(activeAt - beganAt)}`)
  }

  #watchCut({ id, fault }: Occurrence, cut: CutMade): void {
    const { topology, halts } = this.#parts
    const onBroken = (how: string) => halts.halt({ kind: 'invalid', reason: `fault ${id} ${how}` })
    const watch = watchOf(fault, cut, topology, onBroken)
    if (watch) this.#cuts.set(id, watch)
  }

  #announce(at: number, window: Window): void {
    const { generator, observer } = this.#parts
    generator.send({ type: 'window', at, window })
    observer.window(window.kind === 'baseline' ? undefined : windowLabel(window))
  }
}

/** Only `iterations` ends before its time; only then is the next phase's start not known ahead. */
function mayRunOut({ executor }: Plan['phases'][number]): boolean {
  return executor.kind === 'iterations'
}

/** A proxy that does not heal spoils the measurement; a server that does not come back is a finding. */
function kindOf(error: unknown): 'failed' | 'invalid' {
  return isNotBack(error) ? 'failed' : 'invalid'
}
