import { now } from './clock.ts'
import { type GaugeState, newGauge, observeGauges, setGauge } from './gauge.ts'
import { addPairs, valueAt } from './histogram.ts'
import { builtInMetrics, isPart, type MetricDefinition, type Tags } from './metrics.ts'
import { recordedScale, type Samples, type SeriesDeclaration, type TrendDelta, tagKey } from './samples.ts'
import type { ThresholdPlan } from './threshold.ts'
import {
  addValue,
  type MergedTrend,
  mergeInto,
  newTrend,
  type Observation,
  observeTrend,
  type TrendState,
  trendValue,
} from './trend.ts'

export type { Observation }

type State =
  | TrendState
  | { readonly kind: 'counter'; count: number }
  | { readonly kind: 'rate'; trues: number; total: number }
  | GaugeState

interface Series {
  readonly definition: MetricDefinition
  readonly scale: number
  readonly tags: Tags
  readonly state: State
}

/** Seconds that the load spent where all the given tags hold, what a counter's rate is per; undefined where it never was. */
export type SecondsIn = (tags: Tags) => number | undefined

/** All samples of a run, merged over its generators and its time: constant memory for each series. */
export class Aggregate {
  readonly #definitions: Map<string, MetricDefinition>
  readonly #series = new Map<string, Series>()
  readonly #byId = new Map<number, Series>()

  constructor(own: readonly MetricDefinition[]) {
    this.#definitions = new Map([...builtInMetrics, ...own].map((definition) => [definition.name, definition]))
  }

  declare({ id, metric, tags }: SeriesDeclaration): void {
    this.#byId.set(id, this.#of(metric, tags))
  }

  /** Adds a generator's samples; `each` sees every delta with the metric it belongs to. */
  add(samples: Samples, each: SampleVisitor = {}): void {
    for (const delta of samples.trends) {
      const { definition, scale, state, tags } = this.#known(delta.id)
      if (state.kind !== 'trend') continue
      addPairs(state.histogram, delta.pairs)
      state.min = Math.min(state.min, delta.min)
      state.max = Math.max(state.max, delta.max)
      state.sum += delta.sum
      each.trend?.(definition.name, tags, scale, delta)
    }
    for (const { id, by } of samples.counters) {
      const { definition, state, tags } = this.#known(id)
      if (state.kind === 'counter') state.count += by
      each.counter?.(definition.name, by, tags)
    }
    for (const { id, trues, total } of samples.rates) {
      const { state } = this.#known(id)
      if (state.kind !== 'rate') continue
      state.trues += trues
      state.total += total
    }
    for (const { id, ...value } of samples.gauges) {
      const { state } = this.#known(id)
      if (state.kind === 'gauge') Object.assign(state, value)
    }
  }

  /** Adds one value that the conductor itself observed, in the metric's unit; of a rate, 1 for true and 0 for false. */
  record(metric: string, tags: Tags, value: number): void {
    const { state, scale } = this.#of(metric, tags)
    if (state.kind === 'counter') state.count += value
    if (state.kind === 'rate') {
      state.trues += value
      state.total += 1
    }
    if (state.kind === 'gauge') setGauge(state, value, now())
    if (state.kind === 'trend') addValue(state, Math.round(value * scale))
  }

  /** Adds a sample to a trend that never came, though it was waited for: longer than any that did. In the metric's unit. */
  recordCensored(metric: string, tags: Tags, waited: number): void {
    const { state, scale } = this.#of(metric, tags)
    if (state.kind !== 'trend') return
    state.censored += 1
    state.waited = Math.max(state.waited, Math.round(waited * scale))
  }

  /** The sum of a counter over every series whose tags match. */
  count(metric: string, tags: Tags = {}): number {
    let sum = 0
    for (const { state } of this.#matching(metric, tags)) if (state.kind === 'counter') sum += state.count
    return sum
  }

  /** A trend's percentile over every series whose tags match, in the metric's unit; undefined without samples. */
  percentile(metric: string, share: number, tags: Tags = {}): number | undefined {
    const merged = this.#mergeTrends(metric, tags)
    if (!merged || merged.histogram.totalCount === 0) return undefined
    return valueAt(merged.histogram, share, merged.max) / merged.scale
  }

  /** What `threshold` looks at, over every series that its tags select. */
  observe(threshold: ThresholdPlan, secondsIn: SecondsIn): Observation {
    const { metric, tags, aggregation, type } = threshold
    if (type === 'trend' || type === 'throughput') {
      const merged = this.#mergeTrends(metric, tags)
      return merged ? observeTrend(merged, aggregation) : this.#observeSilence(metric, tags)
    }
    const states = [...this.#matching(metric, tags)].map(({ state }) => state)
    if (type === 'counter') {
      const count = states.reduce((sum, state) => sum + (state.kind === 'counter' ? state.count : 0), 0)
      const seconds = secondsIn(tags)
      // A counter that never counted is a zero, not a missing sample, as long as its window was ever open.
      if (seconds === undefined || (seconds === 0 && aggregation.kind === 'rate'))
        return { value: undefined, samples: 0 }
      return { value: aggregation.kind === 'rate' ? count / seconds : count, samples: Math.max(1, count) }
    }
    if (type === 'rate') {
      let trues = 0
      let total = 0
      for (const state of states) {
        if (state.kind !== 'rate') continue
        trues += state.trues
        total += state.total
      }
      return { value: total === 0 ? undefined : trues / total, samples: total }
    }
    const gauges = states.filter((state) => state.kind === 'gauge').filter(isSampled)
    return { value: observeGauges(gauges, aggregation), samples: gauges.length }
  }

  /** Every series with samples, in the shape of report/schema.ts; of a metric's gauges the last one has its last value. */
  toSeries(secondsIn: SecondsIn) {
    return [...this.#series.values()]
      .filter(({ state }) => isSampled(state))
      .sort((a, b) => setAt(a) - setAt(b))
      .map(({ definition, scale, tags, state }) => ({
        metric: definition.name,
        type: definition.type,
        unit: definition.unit,
        tags,
        value: state.kind === 'trend' ? trendValue(state, scale) : plainValue(state, secondsIn(tags) ?? 0),
      }))
  }

  #mergeTrends(metric: string, tags: Tags) {
    let merged: MergedTrend | undefined
    for (const { state, scale } of this.#matching(metric, tags)) {
      if (state.kind !== 'trend' || !isSampled(state)) continue
      merged ??= { ...newTrend(), scale }
      mergeInto(merged, state)
    }
    return merged
  }

  #observeSilence(metric: string, tags: Tags): Observation {
    const counter = this.#definitions.get(metric)?.zeroWhere
    return { value: counter && this.count(counter, tags) > 0 ? 0 : undefined, samples: 0 }
  }

  *#matching(metric: string, tags: Tags): Generator<Series> {
    for (const series of this.#series.values()) {
      const { definition, tags: own } = series
      if (definition.name === metric && matches(own, tags) && !isPart(metric, own, tags)) yield series
    }
  }

  #known(id: number): Series {
    const series = this.#byId.get(id)
    if (!series) throw new Error(`a snapshot speaks of series ${id}, which was never declared`)
    return series
  }

  #of(metric: string, tags: Tags): Series {
    const key = `${metric}\n${tagKey(tags)}`
    let series = this.#series.get(key)
    if (!series) {
      const definition = this.#definitions.get(metric)
      if (!definition) throw new Error(`there is no metric ${metric}`)
      series = { definition, scale: recordedScale(definition.unit, definition.type), tags, state: newState(definition) }
      this.#series.set(key, series)
    }
    return series
  }
}

export interface SampleVisitor {
  readonly trend?: (metric: string, tags: Tags, scale: number, delta: TrendDelta) => void
  readonly counter?: (metric: string, by: number, tags: Tags) => void
}

/** Does a series' tags satisfy a selector? `fault` matches one of several faults in force: `a` matches `a+b`. */
export function matches(tags: Tags, selector: Tags): boolean {
  return Object.entries(selector).every(([key, wanted]) => {
    const value = tags[key]
    return value === wanted || (key === 'fault' && value !== undefined && value.split('+').includes(wanted))
  })
}

function newState(definition: MetricDefinition): State {
  switch (definition.type) {
    case 'trend':
    case 'throughput':
      return newTrend()
    case 'counter':
      return { kind: 'counter', count: 0 }
    case 'rate':
      return { kind: 'rate', trues: 0, total: 0 }
    case 'gauge':
      return { kind: 'gauge', ...newGauge() }
  }
}

/** A counter that never counted is a zero; a distribution or a last value is nothing before its first sample. */
function isSampled(state: State): boolean {
  if (state.kind === 'trend') return state.histogram.totalCount + state.censored > 0
  return state.kind !== 'gauge' || !Number.isNaN(state.last)
}

/** Zero of what is no gauge: it stays where it is. */
function setAt({ state }: Series): number {
  return state.kind === 'gauge' ? state.setAt : 0
}

/** As a report has it. */
function plainValue(state: Exclude<State, { kind: 'trend' }>, seconds: number) {
  if (state.kind === 'counter') return { ...state, rate: seconds > 0 ? state.count / seconds : 0 }
  if (state.kind === 'rate') return { ...state }
  const { kind, last, min, max } = state
  return { kind, last, min, max }
}
