import {
  builtInMetrics,
  formatCount,
  formatDuration,
  formatSize,
  type MetricDefinition,
  type MetricUnit,
  type ThresholdPlan,
} from '../measure/index.ts'

/** Every digit, in groups: `1,234,567`. Messages of a ledger are never rounded. */
export function exact(count: number): string {
  return count.toLocaleString('en-US', { maximumFractionDigits: 3 })
}

/** `1 message`, `3 messages`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${exact(count)} ${count === 1 ? one : many}`
}

/** A share as `99.95%`, rounded down: 100% is said of nothing that failed once. */
export function percent(share: number): string {
  // 0.57 × 10,000 is 5,699.999… to a computer.
  return `${Math.floor(Number((share * 10_000).toPrecision(12))) / 100}%`
}

/** A value of a metric for people: to three digits, with its unit. */
export function formatValue(value: number, unit: MetricUnit): string {
  switch (unit) {
    case 'time':
      return formatDuration(value)
    case 'bytes':
      return formatSize(value)
    case 'count':
      return formatCount(value)
    case 'share':
      return String(Number(value.toPrecision(4)))
  }
}

/**
 * What a threshold saw. With all digits where three would make it look like its limit: `20ms` does not explain why
 * `p99 < 20ms` failed, `20.04ms` does.
 */
export function formatObserved(observed: number, threshold: ThresholdPlan, own: readonly MetricDefinition[]): string {
  const { aggregation, type, limit } = threshold
  if (aggregation.kind === 'count') return exact(observed)
  const perSecond = type === 'throughput' || (type === 'counter' && aggregation.kind === 'rate') ? '/s' : ''
  const unit = [...builtInMetrics, ...own].find(({ name }) => name === threshold.metric)?.unit ?? 'count'
  const short = formatValue(observed, unit)
  if (short !== formatValue(limit, unit) || observed === limit) return short + perSecond
  const suffix = { time: 'ms', bytes: 'B', count: '', share: '' }[unit]
  return `${Number(observed.toPrecision(9))}${suffix}${perSecond}`
}
