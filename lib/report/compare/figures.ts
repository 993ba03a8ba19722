import { formatCount, formatDuration, matches, parseSelector, type Tags, windowLabel } from '../../measure/index.ts'
import { type Stretch, seriesIn, stretchesOf, trendIn } from '../breakdown.ts'
import type { Report } from '../schema.ts'

/** What one row of a comparison is about. */
export interface Figure {
  readonly metric: string
  readonly percentile: string
  readonly stretch: Stretch
  readonly format: (value: number) => string
  readonly better: 'lower' | 'higher'
}

/** A metric to compare: which stretches of it, and which percentile. */
export interface Wanted {
  readonly metric: string
  readonly tags: Tags
  readonly percentile: string
}

/** Judged when nothing else is asked for: few, because each more makes all verdicts harder to reach. */
export const usualFigures: readonly Wanted[] = ['publish_latency', 'request_latency', 'e2e_latency'].map((metric) => ({
  metric,
  tags: {},
  percentile: 'p99',
}))

/** `publish_latency`, `publish_latency:p99.9`, `publish_latency{window:fault}:p50`. @throws UserError for anything else. */
export function parseWanted(text: string): Wanted {
  const [, selector, percentile = 'p99'] = /^(.*?)(?::(p[\d.]+))?$/s.exec(text.trim())!
  return { ...parseSelector(selector!), percentile }
}

/** Every phase × window of the reports in which a wanted metric has that percentile at least once. */
export function figuresOf(reports: readonly Report[], wanted: readonly Wanted[]): Figure[] {
  const figures = new Map<string, Figure>()
  for (const { metric, tags, percentile } of wanted) {
    for (const report of reports) {
      for (const stretch of stretchesOf(report)) {
        const key = [metric, percentile, stretch.phase, windowLabel(stretch.window)].join('\n')
        if (figures.has(key) || !isIn(stretch, tags)) continue
        const [series] = seriesIn(report, metric, stretch)
        const figure: Figure = {
          metric,
          percentile,
          stretch,
          format: series?.unit === 'time' ? formatDuration : formatCount,
          better: series?.type === 'throughput' ? 'higher' : 'lower',
        }
        if (figureIn(report, figure) !== undefined) figures.set(key, figure)
      }
    }
  }
  return [...figures.values()]
}

/** A run's value; undefined where it has none, or one that has no logarithm. */
export function figureIn(report: Report, { metric, percentile, stretch }: Figure): number | undefined {
  const value = trendIn(report, metric, stretch)?.percentiles[percentile]
  return value !== undefined && value > 0 ? value : undefined
}

function isIn({ phase, window: { kind, faults } }: Stretch, selector: Tags): boolean {
  const fault = faults.length > 0 ? { fault: faults.join('+') } : {}
  return matches({ phase, window: kind, ...fault }, selector)
}
