import { UserError } from '../errors.ts'
import { show } from '../show.ts'
import { builtInMetrics, type MetricDefinition, type MetricUnit, type Tags } from './metrics.ts'

/** Where samples of a script's own metrics go: the generator's, while there is a load. */
export type CustomMetricSink = (name: string, type: MetricDefinition['type'], value: number, tags?: Tags) => void

// One script a thread: the module is the registry. The main thread reads the declarations, the generator the samples.
let declared: MetricDefinition[] = []
let sink: CustomMetricSink | undefined

/** The metrics that the script imported last has declared, in order. */
export function customMetrics(): readonly MetricDefinition[] {
  return declared
}

export function resetCustomMetrics(): void {
  declared = []
  sink = undefined
}

export function setCustomMetricSink(next: CustomMetricSink): void {
  sink = next
}

export interface CounterMetric {
  /** Adds `amount`, 1 when left out. */
  add(amount?: number, tags?: Tags): void
}
export interface TrendMetric {
  /** Adds a sample: milliseconds for times, else a whole number. */
  add(value: number, tags?: Tags): void
}
export interface GaugeMetric {
  set(value: number, tags?: Tags): void
}
export interface RateMetric {
  add(isTrue: boolean, tags?: Tags): void
}

export interface TrendOptions {
  /** What the values are; `time` (milliseconds) when left out. */
  readonly unit?: 'time' | 'bytes' | 'count'
}

const trendUnits: readonly unknown[] = ['time', 'bytes', 'count']

/** A sum of the script's own. Call it at module level, as all of these: thresholds are checked against the names. */
export function counter(name: string): CounterMetric {
  const record = declare(name, 'counter', 'count')
  return { add: (amount = 1, tags) => record(amount, tags) }
}

/** A distribution of the script's own. */
export function trend(name: string, { unit = 'time' }: TrendOptions = {}): TrendMetric {
  if (!trendUnits.includes(unit)) {
    throw new UserError(`metric ${name}: unit is ${show(unit)}; it must be ${trendUnits.map(show).join(' or ')}`)
  }
  const record = declare(name, 'trend', unit)
  return { add: (value, tags) => record(value, tags) }
}

/** A last value of the script's own, with its extremes. */
export function gauge(name: string): GaugeMetric {
  const record = declare(name, 'gauge', 'count')
  return { set: (value, tags) => record(value, tags) }
}

/** A share of trues of the script's own. */
export function rate(name: string): RateMetric {
  const record = declare(name, 'rate', 'share')
  return { add: (isTrue, tags) => record(isTrue ? 1 : 0, tags) }
}

const namePattern = /^[a-zA-Z_][a-zA-Z0-9_]{0,127}$/

function declare(name: string, type: MetricDefinition['type'], unit: MetricUnit) {
  if (typeof name !== 'string' || !namePattern.test(name)) {
    throw new UserError(
      `the name of a metric is ${show(name)}; it must be 1 to 128 letters, digits and _, not beginning with a digit`,
    )
  }
  if (builtInMetrics.some((metric) => metric.name === name)) {
    throw new UserError(`metric ${name} is one of Squall's own; choose another name`)
  }
  if (declared.some((metric) => metric.name === name)) throw new UserError(`metric ${name} is declared twice`)
  declared.push({ name, type, unit, description: "the script's own" })
  return (value: number, tags: Tags | undefined) => {
    if (!sink) throw new UserError(`metric ${name}: samples can only be added while the load runs`)
    if (!Number.isFinite(value)) throw new TypeError(`metric ${name}: a sample must be a finite number, not ${value}`)
    if (type === 'trend' && value < 0)
      throw new TypeError(`metric ${name}: a sample must not be negative, as ${value} is`)
    sink(name, type, value, tags)
  }
}
