import { type GaugeValues, newGauge } from './gauge.ts'
import { builtInMetrics, type MetricDefinition, type MetricUnit, type Tags } from './metrics.ts'
import { Recorder } from './recorder.ts'

/**
 * Recorded integers in one unit of the metric: times are recorded in microseconds and shown in milliseconds, shares in
 * thousandths.
 */
export function recordedScale(unit: MetricUnit, type: MetricDefinition['type']): number {
  return unit === 'time' || unit === 'share' || type === 'throughput' ? 1_000 : 1
}

export interface Counter {
  readonly id: number
  count: number
}

export interface Rate {
  readonly id: number
  trues: number
  total: number
}

export interface Gauge extends GaugeValues {
  readonly id: number
}

export interface Trend {
  readonly id: number
  readonly scale: number
  readonly recorder: Recorder
}

/** Adds a sample to a trend, in the metric's own unit (milliseconds for times). */
export function sample(trend: Trend, value: number): void {
  trend.recorder.record(value * trend.scale)
}

/** The series of one combination of tags. A caller on the hot path asks once and keeps what it gets. */
export class SampleSet {
  readonly tags: Tags
  readonly #registry: SampleRegistry
  readonly #series = new Map<string, Counter | Rate | Gauge | Trend>()

  constructor(registry: SampleRegistry, tags: Tags) {
    this.#registry = registry
    this.tags = tags
  }

  counter(name: string): Counter {
    return this.#get(name, 'counter', (id) => this.#registry.keep('counters', { id, count: 0 }))
  }

  rate(name: string): Rate {
    return this.#get(name, 'rate', (id) => this.#registry.keep('rates', { id, trues: 0, total: 0 }))
  }

  gauge(name: string): Gauge {
    return this.#get(name, 'gauge', (id) => this.#registry.keep('gauges', { id, ...newGauge() }))
  }

  trend(name: string): Trend {
    return this.#get(name, 'trend', (id) => {
      const { unit, type } = this.#registry.definition(name)
      return this.#registry.keep('trends', { id, scale: recordedScale(unit, type), recorder: new Recorder() })
    })
  }

  #get<T extends Counter | Rate | Gauge | Trend>(
    name: string,
    type: MetricDefinition['type'],
    make: (id: number) => T,
  ): T {
    const known = this.#series.get(name)
    if (known) return known as T
    const definition = this.#registry.definition(name)
    if (definition.type !== type) throw new TypeError(`metric ${name} is a ${definition.type}, not a ${type}`)
    const made = make(this.#registry.declare(name, this.tags))
    this.#series.set(name, made)
    return made
  }
}

/** What one generator counted since it last told. Plain data. */
export interface Samples {
  readonly trends: readonly TrendDelta[]
  /** Increments. */
  readonly counters: readonly { readonly id: number; readonly by: number }[]
  readonly rates: readonly { readonly id: number; readonly trues: number; readonly total: number }[]
  /** `last` is the newest value, set at `setAt`; `min` and `max` are those of the whole run so far. */
  readonly gauges: readonly Readonly<Gauge>[]
}

export interface TrendDelta {
  readonly id: number
  /** `[value, count, …]`: the lowest value of each HdrHistogram bucket that was hit, in recorded units (µs for times). */
  readonly pairs: Uint32Array
  /** Exact, in recorded units. */
  readonly min: number
  readonly max: number
  readonly sum: number
}

/** Names a series; {@link Samples} speak of it by `id`. */
export interface SeriesDeclaration {
  readonly id: number
  readonly metric: string
  readonly tags: Tags
}

/** More combinations of tags than this, and further ones share a set tagged `overflow`. */
export const maxSampleSets = 1_000

interface Kept {
  counters: Counter[]
  rates: Rate[]
  gauges: Gauge[]
  trends: Trend[]
}

/** All series of one generator; {@link drain} gives away what was counted since the last time. */
export class SampleRegistry {
  readonly #definitions: Map<string, MetricDefinition>
  readonly #sets = new Map<string, SampleSet>()
  readonly #kept: Kept = { counters: [], rates: [], gauges: [], trends: [] }
  readonly #onDeclare: (declaration: SeriesDeclaration) => void
  #count = 0
  /** True once {@link maxSampleSets} was reached. */
  overflowed = false

  constructor(own: readonly MetricDefinition[], onDeclare: (declaration: SeriesDeclaration) => void) {
    this.#definitions = new Map([...builtInMetrics, ...own].map((definition) => [definition.name, definition]))
    this.#onDeclare = onDeclare
  }

  set(tags: Tags): SampleSet {
    const key = tagKey(tags)
    const known = this.#sets.get(key)
    if (known) return known
    if (this.#sets.size >= maxSampleSets && tags.overflow === undefined) {
      this.overflowed = true
      return this.set({ phase: tags.phase ?? '', window: tags.window ?? '', overflow: 'true' })
    }
    const made = new SampleSet(this, tags)
    this.#sets.set(key, made)
    return made
  }

  definition(name: string): MetricDefinition {
    const definition = this.#definitions.get(name)
    if (!definition) throw new TypeError(`there is no metric ${name}`)
    return definition
  }

  declare(metric: string, tags: Tags): number {
    const id = this.#count
    this.#count += 1
    this.#onDeclare({ id, metric, tags })
    return id
  }

  keep<K extends keyof Kept>(kind: K, made: Kept[K][number]): Kept[K][number] {
    ;(this.#kept[kind] as Kept[K][number][]).push(made)
    return made
  }

  drain(): Samples {
    const trends: TrendDelta[] = []
    for (const { id, recorder } of this.#kept.trends) {
      const drained = recorder.drain()
      if (drained) trends.push({ id, ...drained })
    }
    const counters = []
    for (const counter of this.#kept.counters) {
      if (counter.count === 0) continue
      counters.push({ id: counter.id, by: counter.count })
      counter.count = 0
    }
    const rates = []
    for (const rate of this.#kept.rates) {
      if (rate.total === 0) continue
      rates.push({ id: rate.id, trues: rate.trues, total: rate.total })
      rate.trues = 0
      rate.total = 0
    }
    const gauges = []
    for (const gauge of this.#kept.gauges) {
      if (!Number.isNaN(gauge.last)) gauges.push({ ...gauge })
    }
    return { trends, counters, rates, gauges }
  }
}

/** The same text for the same tags, whatever the order they were given in. */
export function tagKey(tags: Tags): string {
  return Object.keys(tags)
    .sort()
    .map((key) => `${key}=${tags[key]}`)
    .join('\n')
}
