import { builtInMetrics, type MetricUnit, type Tags } from '../../measure/index.ts'
import type { Report, SeriesRecord } from '../schema.ts'

/**
 * The run as OpenMetrics text (https://prometheus.io/docs/specs/om/open_metrics_spec/): for a scrape while it goes on, a
 * Pushgateway or the node exporter's text files. Times are seconds. Trends are summaries, shares gauges, counters counters.
 * A `live` run has no verdict yet.
 */
export function renderOpenMetrics(report: Report, { live = false } = {}): string {
  const names = [...new Set(report.series.map(({ metric }) => metric))]
  const described = new Map([...builtInMetrics, ...report.plan.metrics].map((one) => [one.name, one.description]))
  const taken = new Set<string>()
  const families = names.map((metric) => {
    const own = report.series.filter((one) => one.metric === metric)
    const name = nameOf(own[0]!, taken)
    const lines = own.flatMap((one) => samples(name, one))
    return family(name, own[0]!, described.get(metric) ?? '', lines)
  })
  // A gauge, as is usual: what reads the older text format, as Pushgateway and node exporter do, refuses the type info.
  const info = `# TYPE squall_run_info gauge\nsquall_run_info${labels({
    id: report.id,
    build: report.build.label,
    ...(!live && { verdict: report.result.verdict }),
    script: report.plan.script.path,
  })} 1`
  return `${[info, ...families].join('\n')}\n# EOF\n`
}

function family(name: string, series: SeriesRecord, help: string, lines: readonly string[]): string {
  const type = { trend: 'summary', counter: 'counter', rate: 'gauge', gauge: 'gauge' }[series.value.kind]
  const unit = suffixes[series.unit]
  return [
    `# TYPE ${name} ${type}`,
    ...(unit === '' ? [] : [`# UNIT ${name} ${unit}`]),
    ...(help === '' ? [] : [`# HELP ${name} ${escaped(help)}`]),
    ...lines,
  ].join('\n')
}

function samples(name: string, series: SeriesRecord): string[] {
  const { tags, value } = series
  // Without the digits that a division of decimals adds.
  const base = (amount: number) => (series.unit === 'time' ? Number((amount / 1_000).toPrecision(12)) : amount)
  switch (value.kind) {
    case 'trend':
      return [
        ...Object.entries(value.percentiles).map(
          ([percentile, amount]) => `${name}${labels(tags, quantile(percentile))} ${base(amount)}`,
        ),
        `${name}_count${labels(tags)} ${value.count}`,
        `${name}_sum${labels(tags)} ${base(value.mean * value.count)}`,
      ]
    case 'counter':
      return [`${name}_total${labels(tags)} ${value.count}`]
    case 'rate':
      return value.total === 0 ? [] : [`${name}${labels(tags)} ${value.trues / value.total}`]
    case 'gauge':
      return [`${name}${labels(tags)} ${base(value.last)}`]
  }
}

const suffixes: Readonly<Record<MetricUnit, string>> = { time: 'seconds', bytes: 'bytes', count: '', share: 'ratio' }

/** What the format adds to a family's name in its samples. */
const endings = { trend: ['', '_count', '_sum'], counter: ['', '_total'], rate: [''], gauge: [''] } as const

/** No two families may share a name, samples' names included: a script may have a trend `batch` and a counter `batch_count`. */
function nameOf({ metric, unit, value: { kind } }: SeriesRecord, taken: Set<string>): string {
  const suffix = suffixes[unit]
  for (let stem = metric; ; stem += '_') {
    const name = `squall_${stem}${suffix === '' || stem.endsWith(`_${suffix}`) ? '' : `_${suffix}`}`
    const all = endings[kind].map((ending) => name + ending)
    if (all.some((one) => taken.has(one))) continue
    for (const one of all) taken.add(one)
    return name
  }
}

/** `p99.9` as the format names it. */
function quantile(percentile: string): string {
  return `quantile="${Number((Number(percentile.slice(1)) / 100).toPrecision(9))}"`
}

/** A script's tags may have any names: those that the format does not know, keeps for itself, or has already, are changed. */
function labels(tags: Tags, ...more: readonly string[]): string {
  const names = new Set(['quantile'])
  const pairs = Object.entries(tags).map(([key, value]) => {
    let name = key.replace(/\W/g, '_').replace(/^(?=[\d_]|$)/, 'tag')
    while (names.has(name)) name += '_'
    names.add(name)
    return `${name}="${escaped(value)}"`
  })
  const all = [...pairs, ...more]
  return all.length === 0 ? '' : `{${all.join(',')}}`
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replace(/\r?\n/g, '\\n')
}
