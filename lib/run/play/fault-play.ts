import { messageOf } from '../../errors.ts'
import {
  type Fault,
  type FaultLogEntry,
  type Injector,
  isNodeFault,
  isNotBack,
  type Occurrence,
} from '../../faults/index.ts'
import { isOpen } from '../../load/index.ts'
import { formatDuration, now, type Window, windowLabel } from '../../measure/index.ts'
import type { FaultRecord } from '../../report/index.ts'
import type { Plan } from '../../script/index.ts'
import type { Roll, RollStep } from '../../services/index.ts'
import type { Topology } from '../../topology/index.ts'
import type { GeneratorHandle } from '../generator-handle.ts'
import type { Halts } from '../halts.ts'
import type { RunObserver } from '../observer.ts'
import type { Interval } from '../recording/interval.ts'
import type { Recording } from '../recording/recording.ts'
import type { Windows } from '../recording/windows.ts'
import { type FaultCourses, isHealthy, RecoveryWatch } from '../recovery/index.ts'
import { type CutMade, type WatchOfCut, watchOf } from '../watch/watch-of-cut.ts'
import { rollLog } from './roll-log.ts'

export interface FaultPlayParts {
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
  /** What can't be applied or healed is a halt. */
  readonly halts: Halts
}

type LogEntry = { -readonly [K in keyof FaultLogEntry]: FaultLogEntry[K] }

/**
 * Applies and heals faults when it is told to, and keeps a log of them: what was done, what was seen of cuts and rolls, and when
 * the system was well again. It opens the windows that faults open.
 */
export class FaultPlay {
  readonly #parts: FaultPlayParts
  readonly #entries = new Map<string, LogEntry>()
  readonly #cuts = new Map<string, WatchOfCut>()
  readonly #rolls = new Map<string, Roll>()
  /** Faults that are being healed, or were: a rolling restart that is done and one whose time is over meet here. */
  readonly #healing = new Set<string>()
  #recovery: { readonly watch: RecoveryWatch; readonly entry: LogEntry } | undefined

  constructor(parts: FaultPlayParts) {
    this.#parts = parts
  }

  /** What became of each fault, in the order they were due. */
  get records(): readonly FaultRecord[] {
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

  /** Called with each interval of the load, and the index of the phase: recovery is judged by it. */
  observe(interval: Interval, phase: number): void {
    const { plan, recording, windows, courses, observer } = this.#parts
    courses.interval(interval)
    if (!this.#recovery) return
    const connected = interval.connected && this.#parts.areRegionsConnected()
    const isPhaseOpen = isOpen(plan.phases[phase]!.executor)
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

  /** In the phase of that index; `scheduled` is monotonic ms. Never rejects. */
  async apply(occurrence: Occurrence, scheduled: number, phaseIndex: number): Promise<void> {
    const { plan, injector, windows, recording, courses, observer, halts } = this.#parts
    const { id, name, fault, atMs, forMs } = occurrence
    const { origin } = recording
    const { name: phase, durationMs } = plan.phases[phaseIndex]!
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
        (startsAt) => courses.begin(id, phaseIndex, { phase, fault: name, node: undefined }, startsAt),
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

  /** Unless it is being healed. Never rejects. */
  async heal(occurrence: Occurrence): Promise<void> {
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

  /** Heals whatever is still in force, and returns when that was; a failure to do so is a halt. */
  async healAll(): Promise<number> {
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
    return at
  }

  /** Waits for the last looks at cuts, some seconds at most, and notes what was seen. Never rejects. */
  async noteCuts(): Promise<void> {
    for (const [id, cut] of this.#cuts) Object.assign(this.#entries.get(id)!, await cut.settled())
  }

  /** A rolling restart is over when all have had their turn, and not before its instance under way is back. */
  async #rolled(occurrence: Occurrence, roll: Roll): Promise<void> {
    const { observer } = this.#parts
    this.#rolls.set(occurrence.id, roll)
    await roll.done
    if (roll.failure !== undefined) observer.log(`${occurrence.id} stopped: ${roll.failure}`)
    await this.heal(occurrence)
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

/** A proxy that does not heal spoils the measurement; a server that does not come back is a finding. */
function kindOf(error: unknown): 'failed' | 'invalid' {
  return isNotBack(error) ? 'failed' : 'invalid'
}
