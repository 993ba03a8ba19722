import type { Report } from '../schema.ts'
import { headlines } from '../tables/latency.ts'
import type { ChartTone, Panel } from './chart-data.ts'
import { percentileLines } from './percentile-lines.ts'
import { regionPanels } from './region-panels.ts'
import { rounded, seconds } from './round.ts'
import { scriptPanels } from './script-panels.ts'
import { serverPanels } from './server-panels.ts'
import { servicePanels } from './service-panels.ts'
import { type WholeLine, type WholePanel, withSpreads } from './spread.ts'
import { thinned } from './thin.ts'

/** The charts over the run's time, in the order in which they are looked at. */
export function panels(report: Report): Panel[] {
  const made = [
    rates(report),
    troubles(report),
    ...latencies(report),
    ...regionPanels(report),
    ...serverPanels(report),
    ...servicePanels(report),
    ...scriptPanels(report),
  ]
    .map((panel) => within(panel, seconds(report.durationMs)))
    .filter(({ lines, at }) => at.length > 0 && lines.some(({ values }) => values.some((value) => value !== null)))
  return thinned(made.map(withSpreads)).map(forLooking)
}

/** Rounded, so that the page does not carry digits that a chart can't show. */
function forLooking(panel: Panel): Panel {
  return { ...panel, lines: panel.lines.map((line) => ({ ...line, values: line.values.map(rounded) })) }
}

/** Without what came after the end of the load: an interval of the drain would look like a rate of nothing. */
function within(panel: WholePanel, end: number): WholePanel {
  const after = panel.at.findIndex((at) => at >= end)
  if (after === -1) return panel
  return {
    ...panel,
    at: panel.at.slice(0, after),
    lines: panel.lines.map((line) => ({ ...line, values: line.values.slice(0, after) })),
  }
}

type CounterLine = readonly [label: string, tone: ChartTone, metrics: readonly string[]]

const rateLines: readonly CounterLine[] = [
  ['acked', '1', ['publish_acked']],
  ['sent', '3', ['publish_sent']],
  ['consumed', '2', ['consumed']],
  ['answered', '4', ['instance_requests']],
]

const troubleLines: readonly CounterLine[] = [
  ['publish failed', 'bad', ['publish_failed']],
  ['publish indeterminate', 'caution', ['publish_indeterminate']],
  ['request failed', '5', ['request_failed', 'request_indeterminate']],
  ['http failed', '7', ['http_failed', 'http_indeterminate']],
  ['iteration errors', '4', ['iteration_errors']],
  ['dropped', 'muted', ['dropped_iterations']],
  ['redelivered', '6', ['redelivered']],
]

function rates(report: Report): WholePanel {
  const { timeline } = report
  const due: WholeLine = { label: 'due', tone: 'muted', dashed: true, values: perSecond(report, timeline.due) }
  return {
    ...axis(
      report,
      'rate',
      'Rate',
      'Iterations due, messages acknowledged and delivered, and requests answered, in each second.',
    ),
    unit: 'perSecond',
    lines: [...(timeline.due.some((due) => due > 0) ? [due] : []), ...counterLines(report, rateLines)],
  }
}

function troubles(report: Report): WholePanel {
  return {
    ...axis(report, 'trouble', 'Failures', 'What did not end well in each second, by outcome.'),
    unit: 'perSecond',
    lines: counterLines(report, troubleLines),
  }
}

/** Columns of those that ever counted. */
function counterLines(report: Report, lines: readonly CounterLine[]): WholeLine[] {
  const { counters, at } = report.timeline
  return lines.flatMap(([label, tone, metrics]) => {
    const columns = metrics.map((metric) => counters[metric]).filter((column) => column !== undefined)
    if (columns.length === 0) return []
    const sums = at.map((_, index) => columns.reduce((sum, column) => sum + column[index]!, 0))
    return [{ label, tone, filled: true, values: perSecond(report, sums) }]
  })
}

function latencies(report: Report): WholePanel[] {
  return headlines.flatMap(({ metric, title }) => {
    const trend = report.timeline.trends[metric]
    if (!trend) return []
    const about = `${title} in each second, from the intended start; gaps are seconds in which nothing ended well.`
    return [{ ...axis(report, metric, title, about), unit: 'time' as const, log: true, lines: percentileLines(trend) }]
  })
}

function axis({ timeline: { at } }: Report, id: string, title: string, about: string) {
  return { id, part: 'timeline' as const, title, about, log: false, at: at.map(seconds) }
}

function perSecond({ timeline: { intervalMs } }: Report, counts: readonly number[]): number[] {
  return counts.map((count) => (count * 1_000) / intervalMs)
}
