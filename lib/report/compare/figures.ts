import { UserError } from '../../errors.ts'
import {
  aggregationsOf,
  builtInMetrics,
  type MetricType,
  matches,
  parseAggregation,
  parseSelector,
  type Tags,
  windowLabel,
} from '../../measure/index.ts'
import { suggest } from '../../suggest.ts'
import { type Stretch, stretchesOf } from '../breakdown.ts'
import type { Report } from '../schema.ts'
import { betterOf } from './direction.ts'
import type { Figure } from './figure.ts'
import type { Direction } from './judge.ts'
import { valueIn } from './value.ts'

/** What to compare of a metric: which stretches of it, and which figure; what is left out depends on its type. */
export interface Wanted {
  readonly metric: string
  readonly tags: Tags
  readonly aggregation?: string
  readonly better?: Direction
  /** Left out where it is 0 in every run. */
  readonly ifAny?: boolean
}

/** Judged when nothing else is asked for: few, because each more makes all verdicts harder to reach. */
export const usualFigures: readonly Wanted[] = [
  ...['publish_latency', 'request_latency', 'http_latency', 'e2e_latency'].map((metric) => ({ metric, tags: {} })),
  ...['publish_failed', 'publish_indeterminate', 'request_failed', 'request_indeterminate'].map(ifAny),
  ...['http_failed', 'http_indeterminate', 'stream_lost', 'lost', 'duplicates', 'dropped_iterations'].map(ifAny),
]

function ifAny(metric: string): Wanted {
  return { metric, tags: {}, ifAny: true }
}

const usual: Readonly<Record<MetricType, string>> = {
  trend: 'p99',
  throughput: 'p50',
  counter: 'count',
  rate: 'rate',
  gauge: 'max',
}

/** What {@link Stretch}es are told apart by. */
const stretchTags: readonly string[] = ['phase', 'window', 'fault']

/**
 * `publish_latency`, `publish_latency{window:fault}:p50`, `publish_success:rate`, `basket_size:avg:higher`.
 *
 * @throws UserError for anything else.
 */
export function parseWanted(text: string): Wanted {
  const [, selector, aggregation, better] = /^(.*?)(?::([a-z][\w.()]*?))??(?::(higher|lower))?$/s.exec(text.trim())!
  const { metric, tags } = parseSelector(selector!)
  const other = Object.keys(tags).find((key) => !stretchTags.includes(key))
  if (other !== undefined) {
    throw new UserError(
      `"${text}" names the tag ${other}; a figure is of a phase × window, so it may name ${stretchTags.join(', ')}`,
    )
  }
  return {
    metric,
    tags,
    ...(aggregation !== undefined && { aggregation }),
    ...(better !== undefined && { better: better as Direction }),
  }
}

/** As {@link parseWanted} reads it. */
export function wantedText({ metric, tags, aggregation }: Wanted): string {
  const pairs = Object.entries(tags).map(([key, value]) => `${key}:${value}`)
  return (
    metric + (pairs.length > 0 ? `{${pairs.join(',')}}` : '') + (aggregation === undefined ? '' : `:${aggregation}`)
  )
}

/**
 * Every phase × window of the reports in which a wanted metric has that figure at least once.
 *
 * @throws UserError for a metric that there is not, or that has no such figure.
 */
export function figuresOf(reports: readonly Report[], wanted: readonly Wanted[]): Figure[] {
  const figures = new Map<string, Figure>()
  for (const one of wanted) {
    const measured = measureOf(reports, one)
    for (const report of reports) {
      for (const figure of figuresIn(report, one, measured)) {
        const key = figureKey(figure)
        if (figures.has(key)) continue
        const value = valueIn(report, figure)
        if (value !== undefined && !(one.ifAny && value === 0)) figures.set(key, figure)
      }
    }
  }
  return [...figures.values()]
}

/** What a wanted figure measures, wherever it is. */
export type Measure = Pick<Figure, 'definition' | 'name' | 'aggregation' | 'better'>

/** @throws UserError for a metric that none of the reports has, or that has no such figure. */
export function measureOf(reports: readonly Report[], { metric, aggregation: asked, better }: Wanted): Measure {
  const own = reports.flatMap(({ plan }) => plan.metrics)
  const definition = [...builtInMetrics, ...own].find(({ name }) => name === metric)
  if (!definition) {
    const meant = suggest(
      metric,
      [...builtInMetrics, ...own].map(({ name }) => name),
    )
    throw new UserError(`There is no metric ${metric} in these reports.`, { hint: meant && `Did you mean ${meant}?` })
  }
  const name = asked ?? usual[definition.type]
  const aggregation = parseAggregation(name, definition.type)
  if (!aggregation) {
    const hint = `It has ${aggregationsOf[definition.type].join(', ')}.`
    throw new UserError(`${metric} has no ${name}: it is a ${definition.type}.`, { hint })
  }
  return { definition, name, aggregation, better: better ?? betterOf(definition) }
}

/** The figure in each phase × window of the run that was asked for. */
export function figuresIn(report: Report, { tags }: Wanted, measured: Measure): Figure[] {
  return stretchesOf(report)
    .filter((stretch) => isIn(stretch, tags))
    .map((stretch) => ({ ...measured, stretch }))
}

/** Alike for what is the same figure in different runs. */
export function figureKey({ definition, name, stretch: { phase, window } }: Figure): string {
  return [definition.name, name, phase, windowLabel(window)].join('\n')
}

function isIn({ phase, window: { kind, faults } }: Stretch, selector: Tags): boolean {
  const fault = faults.length > 0 ? { fault: faults.join('+') } : {}
  return matches({ phase, window: kind, ...fault }, selector)
}
