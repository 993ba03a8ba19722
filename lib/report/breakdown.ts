import { isPart, type Tags, type Window, windowLabel } from '../measure/index.ts'
import { type Distribution, mergeTrends, sumCounters, sumRates } from './merge.ts'
import type { Report, SeriesRecord } from './schema.ts'

/** All the time that one phase spent in one window, which may have opened more than once. */
export interface Stretch {
  readonly phase: string
  readonly window: Window
  /** 0 for a window that only samples tell of: they ended when it was over. */
  readonly seconds: number
}

/** Every phase × window of the run, in the order in which they first opened. */
export function stretchesOf(report: Report): Stretch[] {
  const phases = new Map(report.phases.map(({ name }) => [name, new Map<string, Stretch>()]))
  const add = (phase: string, window: Window, seconds: number) => {
    const found = phases.get(phase)
    const label = windowLabel(window)
    found?.set(label, { phase, window, seconds: (found.get(label)?.seconds ?? 0) + seconds })
  }
  for (const { name, windows } of report.phases) {
    for (const { kind, faults, startMs, endMs } of windows)
      add(name, { kind, faults }, Math.max(0, endMs - startMs) / 1_000)
  }
  for (const { tags } of report.series) {
    const window = windowOf(tags)
    if (window && tags.phase !== undefined) add(tags.phase, window, 0)
  }
  return [...phases.values()].flatMap((found) => [...found.values()])
}

const indexes = new WeakMap<Report, Map<string, SeriesRecord[]>>()

/** A metric's series in one stretch, whatever else they are tagged with; without those that are parts of another one. */
export function seriesIn(report: Report, metric: string, { phase, window }: Stretch): readonly SeriesRecord[] {
  let index = indexes.get(report)
  if (!index) {
    // A run of hundreds of phases has tens of thousands of series, and a summary asks for each phase × window.
    index = new Map()
    indexes.set(report, index)
    for (const series of report.series) {
      if (isPart(series.metric, series.tags)) continue
      const { phase, window, fault } = series.tags
      const key = keyOf(series.metric, phase, window, fault)
      const known = index.get(key)
      if (known) known.push(series)
      else index.set(key, [series])
    }
  }
  const fault = window.faults.length === 0 ? undefined : window.faults.join('+')
  return index.get(keyOf(metric, phase, window.kind, fault)) ?? []
}

function keyOf(...parts: readonly (string | undefined)[]): string {
  return parts.join('\n')
}

/** A trend metric in one stretch; undefined without samples. */
export function trendIn(report: Report, metric: string, stretch: Stretch): Distribution | undefined {
  return mergeTrends(seriesIn(report, metric, stretch))
}

/** The sum of counter metrics in one stretch. */
export function countIn(report: Report, metrics: readonly string[], stretch: Stretch): number {
  return sumCounters(metrics.flatMap((metric) => seriesIn(report, metric, stretch)))
}

/** Each of the script's checks over the whole run, by its name. */
export function checksOf(series: readonly SeriesRecord[]): { name: string; trues: number; total: number }[] {
  const checks = series.filter(({ metric }) => metric === 'checks')
  const names = [...new Set(checks.map(({ tags }) => tags.check ?? ''))]
  return names.map((name) => ({ name, ...sumRates(checks.filter(({ tags }) => (tags.check ?? '') === name)) }))
}

/** The sum of a counter metric over the whole run. */
export function countOf({ series }: Report, metric: string): number {
  return sumCounters(series.filter((one) => one.metric === metric))
}

function windowOf({ window, fault }: Tags): Window | undefined {
  if (window !== 'baseline' && window !== 'fault' && window !== 'recovery') return undefined
  return { kind: window, faults: fault?.split('+') ?? [] }
}
