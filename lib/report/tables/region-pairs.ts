import { formatDuration } from '../../measure/index.ts'
import type { Outages } from '../../observe/index.ts'
import type { WideAreaPlan } from '../../topology/index.ts'
import { type Distribution, mergeTrends } from '../merge.ts'
import { exact, percent } from '../numbers.ts'
import type { Report } from '../schema.ts'
import type { Column } from './column.ts'
import { longest } from './servers.ts'

/** Two regions over the whole run. */
export interface RegionPairRow {
  readonly between: string
  readonly outages: Outages
  /** As the script has it: there and back. */
  readonly planned: WideAreaPlan | undefined
  /** Of probe messages in baseline windows; in all where there was none. */
  readonly roundTrips: Distribution | undefined
}

export function regionPairRows({ observed, plan: { topology }, series }: Report): RegionPairRow[] {
  const wideArea = topology?.kind === 'regions' ? topology.wideArea : []
  const all = series.filter(({ metric }) => metric === 'region_rtt')
  return Object.entries(observed?.connectivity ?? {}).map(([between, outages]) => {
    const own = all.filter(({ tags }) => tags.between === between)
    const calm = own.filter(({ tags }) => tags.window === 'baseline')
    return {
      between,
      outages,
      planned: wideArea.find(({ between: [a, b] }) => [`${a}-${b}`, `${b}-${a}`].includes(between)),
      roundTrips: mergeTrends(calm.length > 0 ? calm : own),
    }
  })
}

export function regionPairColumns({ durationMs }: Report): Column<RegionPairRow>[] {
  const tone = ({ outages }: RegionPairRow) => (outages.count > 0 ? 'caution' : undefined)
  const trip = (title: string, name: 'p50' | 'p99', worth: number): Column<RegionPairRow> => ({
    title,
    align: 'right',
    text: ({ roundTrips }) => {
      const value = roundTrips?.percentiles[name]
      return value === undefined ? '–' : formatDuration(value)
    },
    worth,
  })
  return [
    { title: 'Between', align: 'left', text: ({ between }) => between, shrinks: true },
    { title: 'connected', align: 'right', text: ({ outages }) => percent(outages.share), tone },
    { title: 'times apart', align: 'right', text: ({ outages }) => exact(outages.count), tone, worth: 3 },
    {
      title: 'longest',
      align: 'right',
      text: ({ outages }) => (outages.count === 0 ? '–' : formatDuration(longest(outages, durationMs))),
      tone,
    },
    { title: 'in all', align: 'right', text: ({ outages }) => formatDuration(outages.totalMs), worth: 1 },
    {
      title: 'rtt planned',
      align: 'right',
      text: ({ planned }) => (planned ? plannedText(planned) : '–'),
      worth: 4,
    },
    trip('rtt p50', 'p50', 5),
    trip('rtt p99', 'p99', 2),
  ]
}

/** There and back. */
function plannedText({ latencyMs, jitterMs }: WideAreaPlan): string {
  const jitter = jitterMs > 0 ? `±${formatDuration(2 * jitterMs)}` : ''
  return `${formatDuration(2 * latencyMs)}${jitter}`
}
