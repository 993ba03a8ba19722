import type { HrTime } from '@opentelemetry/api'
import type { DataPoint, MetricData, ResourceMetrics } from '@opentelemetry/sdk-metrics'
import { builtInMetrics, encodedBuckets, type MetricUnit, recordedScale } from '../measure/index.ts'
import type { Report, SeriesRecord, TrendValue } from '../report/index.ts'
import { exponential } from './exponential.ts'
import type { Sdk } from './sdk.ts'

/**
 * A run's metrics as the OpenTelemetry SDK exports them: a data point for each series, its tags the attributes; all are
 * cumulative from the start of the load. Counters are monotonic sums, trends exponential histograms, gauges and shares
 * gauges. Times are seconds.
 *
 * @param at Milliseconds of wall time: when they were so.
 */
export function resourceMetrics(report: Report, at: number, sdk: Sdk): ResourceMetrics {
  const names = [...new Set(report.series.map(({ metric }) => metric))]
  const described = new Map([...builtInMetrics, ...report.plan.metrics].map((one) => [one.name, one.description]))
  const times = { startTime: hrTime(Date.parse(report.startedAt)), endTime: hrTime(at) }
  return {
    resource: sdk.resourceFromAttributes({
      'service.name': 'squall',
      'service.version': report.environment.squall,
      'service.instance.id': report.id,
      'host.name': report.environment.hostname,
      'squall.build': report.build.label,
      'squall.script': report.plan.script.path,
    }),
    scopeMetrics: [
      {
        scope: { name: 'squall', version: report.environment.squall },
        metrics: names.map((name) =>
          metricData(
            report.series.filter(({ metric }) => metric === name),
            described.get(name) ?? '',
            times,
            sdk,
          ),
        ),
      },
    ],
  }
}

interface Times {
  readonly startTime: HrTime
  readonly endTime: HrTime
}

function metricData(series: readonly SeriesRecord[], description: string, times: Times, sdk: Sdk): MetricData {
  const { AggregationTemporality, DataPointType, ValueType } = sdk
  const [first] = series
  const { metric, unit, type, value } = first!
  const isWhole = value.kind === 'counter'
  const descriptor = {
    name: `squall.${metric}`,
    description,
    unit: type === 'throughput' ? '1/s' : units[unit],
    valueType: isWhole ? ValueType.INT : ValueType.DOUBLE,
  }
  const shared = { descriptor, aggregationTemporality: AggregationTemporality.CUMULATIVE }
  const points = <T>(read: (one: SeriesRecord) => T | undefined): DataPoint<T>[] =>
    series.flatMap((one) => {
      const value = read(one)
      return value === undefined ? [] : [{ ...times, attributes: { ...one.tags }, value }]
    })
  switch (value.kind) {
    case 'counter':
      return {
        ...shared,
        dataPointType: DataPointType.SUM,
        isMonotonic: true,
        dataPoints: points(({ value }) => (value.kind === 'counter' ? value.count : undefined)),
      }
    case 'trend':
      return {
        ...shared,
        dataPointType: DataPointType.EXPONENTIAL_HISTOGRAM,
        dataPoints: points((one) => (one.value.kind === 'trend' ? distribution(one, one.value) : undefined)),
      }
    case 'rate':
    case 'gauge':
      return { ...shared, dataPointType: DataPointType.GAUGE, dataPoints: points(level) }
  }
}

/** A count has no unit in UCUM, and what is `1` is a ratio to many receivers. */
const units: Readonly<Record<MetricUnit, string>> = { time: 's', bytes: 'By', count: '', share: '1' }

function distribution(series: SeriesRecord, { count, min, max, mean, histogram }: TrendValue) {
  const perUnit = recordedScale(series.unit, series.type)
  const shown = (value: number) => (series.unit === 'time' ? value / 1_000 : value)
  // A bucket's top, its highest value, may lie past the largest sample.
  const samples = encodedBuckets(histogram).map(({ value, count }) => ({
    value: shown(Math.min(value / perUnit, max)),
    count,
  }))
  const { scale, zeroCount, offset, bucketCounts } = exponential(samples)
  return {
    count,
    sum: shown(mean * count),
    min: shown(min),
    max: shown(max),
    scale,
    zeroCount,
    positive: { offset, bucketCounts: [...bucketCounts] },
    negative: { offset: 0, bucketCounts: [] },
  }
}

/** What a gauge was last, or a share is so far; undefined before its first sample. */
function level({ value, unit }: SeriesRecord): number | undefined {
  if (value.kind === 'gauge') return unit === 'time' ? value.last / 1_000 : value.last
  return value.kind === 'rate' && value.total > 0 ? value.trues / value.total : undefined
}

function hrTime(milliseconds: number): HrTime {
  return [Math.floor(milliseconds / 1_000), Math.round((milliseconds % 1_000) * 1e6)]
}
