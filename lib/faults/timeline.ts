import * as v from 'valibot'
import { withCallSite } from '../call-site.ts'
import type { Duration } from '../measure/index.ts'
import * as s from '../schema.ts'
import type { FaultInput } from './builders.ts'
import type { Fault, Occurrence } from './fault.ts'
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
  return withCallSite({ at: time, fault, ...options } as const)
}

/** A fault again and again, as often as it fits into its phase. */
export function every(period: Duration, fault: FaultInput, options: EveryOptions) {
  return withCallSite({ every: period, fault, ...options } as const)
}

/** What `at` and `every` make. */
export type FaultTiming = ReturnType<typeof at | typeof every>

const common = { fault: faultSchema, name: v.optional(s.name) }
const atSchema = v.strictObject({ at: s.duration, ...common, for: v.optional(s.positiveDuration) })
const everySchema = v.pipe(
  v.strictObject({
    every: s.positiveDuration,
    ...common,
    for: s.positiveDuration,
    start: v.optional(s.duration),
    times: v.optional(s.whole(1, 10_000)),
  }),
  v.check((timing) => timing.for < timing.every, 'stays as long as its period or longer, and would overlap itself'),
)

export const timingSchema = v.lazy((input) =>
  typeof input === 'object' && input !== null && 'every' in input ? everySchema : atSchema,
)
export type Timing = v.InferOutput<typeof atSchema> | v.InferOutput<typeof everySchema>

/** More firings than this in one run is a slip of a unit. */
export const maxOccurrences = 10_000

/** Gives every declared fault a name of its own and every firing an id. One for each plan. */
export class OccurrenceNames {
  readonly #names = new Set<string>()
  readonly #counts = new Map<string, number>()

  /** The given name, which several faults may share on purpose; else one from kind and link that is free. */
  nameFor(given: string | undefined, fault: Fault): string {
    if (given !== undefined) return given
    const base = fault.link === 'clients' ? fault.kind : `${fault.kind}:${fault.link}`
    let name = base
    for (let number = 2; this.#names.has(name); number += 1) name = `${base}-${number}`
    this.#names.add(name)
    return name
  }

  idFor(name: string): string {
    const count = (this.#counts.get(name) ?? 0) + 1
    this.#counts.set(name, count)
    return `${name}#${count}`
  }
}

/**
 * The firings of one declared fault in a phase. `scale` is applied to its times; the phase's duration is given with it
 * applied. A firing that would start at the phase's end or later is not made.
 */
export function occurrencesOf(timing: Timing, phaseMs: number, scale: number, names: OccurrenceNames): Occurrence[] {
  const name = names.nameFor(timing.name, timing.fault)
  const make = (atMs: number): Occurrence => ({
    id: names.idFor(name),
    name,
    fault: timing.fault,
    atMs,
    forMs: timing.for === undefined ? null : timing.for * scale,
  })
  if ('at' in timing) return [make(timing.at * scale)]
  const period = timing.every * scale
  const start = (timing.start ?? timing.every) * scale
  const fitting = Math.max(0, Math.ceil((phaseMs - start) / period))
  const count = Math.min(fitting, timing.times ?? Number.POSITIVE_INFINITY, maxOccurrences + 1)
  return Array.from({ length: count }, (_, index) => make(start + index * period))
}
