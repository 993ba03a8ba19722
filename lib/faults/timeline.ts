import * as v from 'valibot'
import { build } from '../call-site.ts'
import { type Duration, formatDuration } from '../measure/index.ts'
import * as s from '../schema.ts'
import type { FaultInput } from './builders.ts'
import { type Fault, isLinkFault, type Occurrence } from './fault.ts'
import { faultSchema } from './schema.ts'

interface Naming {
  /** The `fault` tag of its samples; made from its kind and link when left out. */
  readonly name?: string
}

export interface AtOptions extends Naming {
  /** How long it stays; to the end of the phase when left out. */
  readonly for?: Duration
}

export interface EveryOptions extends Naming {
  /** How long each firing stays: less than the period. */
  readonly for: Duration
  /** The first firing, from the start of the phase; one period when left out. */
  readonly start?: Duration
  /** At most so many firings; as many as fit when left out. */
  readonly times?: number
}

/** A fault at one time of its phase. */
export function at(time: Duration, fault: FaultInput, options: AtOptions = {}) {
  return build('at', { at: time, fault }, options)
}

/** A fault again and again, as often as it fits into its phase. */
export function every(period: Duration, fault: FaultInput, options: EveryOptions) {
  return build('every', { every: period, fault }, options)
}

/** What `at` and `every` make. */
export type FaultTiming = ReturnType<typeof at | typeof every>

const common = { fault: faultSchema, name: v.optional(s.name) }
const atSchema = s.object({ at: s.duration, ...common, for: v.optional(s.positiveDuration) })
const everySchema = v.pipe(
  s.object({
    every: s.positiveDuration,
    ...common,
    for: s.positiveDuration,
    start: v.optional(s.duration),
    times: v.optional(s.whole(1, 10_000)),
  }),
  v.check(
    (timing) => timing.for < timing.every,
    ({ input }) =>
      `stays for ${formatDuration(input.for)} every ${formatDuration(input.every)}, and would overlap itself; it must stay for less`,
  ),
)
const noTiming = v.custom<Timing>(
  () => false,
  'must be made by at() or every(), such as at("10s", latency({ delay: "50ms" }), { for: "5s" })',
)

/** A timing as a builder makes it → with its fault as the plan has it. Times in milliseconds, not scaled. */
export const timingSchema = v.lazy((input): v.GenericSchema<unknown, Timing> => {
  if (typeof input !== 'object' || input === null) return noTiming
  if ('every' in input) return everySchema
  return 'at' in input ? atSchema : noTiming
})
export type Timing = v.InferOutput<typeof atSchema> | v.InferOutput<typeof everySchema>

/** More firings than this in one run is a slip of a unit. */
export const maxOccurrences = 10_000

/** Gives every declared fault a name of its own and every firing an id. One for each plan. */
export class OccurrenceNames {
  readonly #taken: Set<string>
  readonly #counts = new Map<string, number>()

  /** Made names keep clear of the ones that the script gives anywhere. */
  constructor(given: readonly (string | undefined)[]) {
    this.#taken = new Set(given.filter((name) => name !== undefined))
  }

  /** The given name, which several faults may share on purpose; else one from kind and link that is free. */
  nameFor(given: string | undefined, fault: Fault): string {
    if (given !== undefined) return given
    const base = baseName(fault)
    let name = base
    for (let number = 2; this.#taken.has(name); number += 1) name = `${base}-${number}`
    this.#taken.add(name)
    return name
  }

  idFor(name: string): string {
    const count = (this.#counts.get(name) ?? 0) + 1
    this.#counts.set(name, count)
    return `${name}#${count}`
  }
}

function baseName(fault: Fault): string {
  if (fault.kind === 'rollingRestart') return 'roll'
  if (fault.kind === 'partition') return fault.flapping ? 'flapping' : fault.shape
  if (!isLinkFault(fault)) return fault.kind
  return fault.link === 'clients' ? fault.kind : `${fault.kind}:${fault.link}`
}

/**
 * The firings of one declared fault in a phase that lasts `phaseMs`. `scale` is applied last, so that it never changes
 * how many there are. A firing that would start at the phase's end or later is not made.
 */
export function occurrencesOf(timing: Timing, phaseMs: number, scale: number, names: OccurrenceNames): Occurrence[] {
  const name = names.nameFor(timing.name, timing.fault)
  const fault = scaled(timing.fault, scale)
  return startsOf(timing, phaseMs).map((start) => ({
    id: names.idFor(name),
    name,
    fault,
    atMs: start * scale,
    forMs: timing.for === undefined ? null : timing.for * scale,
  }))
}

/** Times that the script sets, unlike those that a program takes. */
function scaled(fault: Fault, scale: number): Fault {
  if (fault.kind === 'rollingRestart') return { ...fault, pauseMs: fault.pauseMs * scale }
  if (fault.kind !== 'partition' || !fault.flapping) return fault
  const { onMs, offMs } = fault.flapping
  return { ...fault, flapping: { onMs: onMs * scale, offMs: offMs * scale } }
}

function startsOf(timing: Timing, phaseMs: number): number[] {
  if ('at' in timing) return timing.at < phaseMs ? [timing.at] : []
  const { every: period, start = period, times = Number.POSITIVE_INFINITY } = timing
  const fitting = Math.max(0, Math.ceil((phaseMs - start) / period))
  // One too many is enough to be told of.
  const count = Math.min(fitting, times, maxOccurrences + 1)
  return Array.from({ length: count }, (_, index) => start + index * period)
}
