import { formatCount, windowKinds, windowLabel } from '../../../lib/measure/index.ts'
import type { Report, SeriesRecord } from '../../../lib/report/index.ts'
import { exact } from '../../../lib/report/numbers.ts'
import { count, dashed, find, spread } from './samples.ts'
import type { Row, Tables } from './tables.ts'

const operations = [
  { title: 'Publish latency', metric: 'publish_latency', service: 'publish_service_time', of: 'publish' },
  { title: 'Request latency', metric: 'request_latency', service: 'request_service_time', of: 'request' },
  { title: 'HTTP latency', metric: 'http_latency', service: 'http_service_time', of: 'http' },
  { title: 'End-to-end latency', metric: 'e2e_latency' },
]
const percentiles = ['p50', 'p75', 'p90', 'p95', 'p99', 'p99.9', 'p99.99']

/** Each operation by phase and window, and how its rates were spread. */
export function latencyTables(report: Report): Tables {
  return {
    ...Object.fromEntries(operations.map((operation) => [operation.title, latencyRows(report, operation)])),
    'Messages acked in each second': rates(report, 'Messages acked in each second', 'publish_throughput'),
    'Messages consumed in each second': rates(report, 'Messages consumed in each second', 'consume_throughput'),
  }
}

function latencyRows(report: Report, { title, metric, service, of }: (typeof operations)[number]): Row[] {
  return report.phases.flatMap(({ name: phase, windows }) => {
    const own = (metrics: string | readonly string[]) => find(report, metrics, { phase })
    const labels = [...windows.map(windowLabel), ...own(metric).map(labelOf)]
    if (own(metric).length === 0) return []
    return [...new Set(labels)].map((label, index) => {
      const inIt = (metrics: string | readonly string[]) => own(metrics).filter((one) => labelOf(one) === label)
      const spans = windows.filter((window) => windowLabel(window) === label)
      const seconds = spans.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0) / 1_000
      const latency = spread(inIt(metric))
      const samples = latency?.count ?? 0
      return {
        [title]: index > 0 ? `└ ${label}` : label === 'baseline' ? phase : `${phase}, ${label}`,
        count: formatCount(samples),
        'rate/s': dashed(seconds === 0 ? undefined : samples / seconds, formatCount),
        ...Object.fromEntries(percentiles.map((name) => [name, dashed(latency?.at(name))])),
        max: dashed(latency?.max),
        ...(service === undefined
          ? { lost: exact(count(inIt(['lost', 'core_lost']))) }
          : {
              'ack gap': dashed(spread(inIt('ack_gap'))?.max),
              failed: exact(count(inIt(`${of}_failed`))),
              indet: exact(count(inIt(`${of}_indeterminate`))),
              drop: exact(count(inIt('dropped_iterations'))),
              'svc p99': dashed(spread(inIt(service))?.at('p99')),
              'lag p99': dashed(spread(inIt('schedule_lag'))?.at('p99')),
            }),
      }
    })
  })
}

function labelOf({ tags: { window, fault } }: SeriesRecord): string {
  return fault === undefined ? window! : `${window} ${fault}`
}

/** Of the run as a whole: rates of its regions are no rates of the run. */
function rates(report: Report, title: string, metric: string): Row[] {
  return windowKinds.flatMap((window) => {
    const all = spread(find(report, metric, { window, region: undefined }))
    if (!all) return []
    return [{ [title]: window, min: formatCount(all.min), p50: formatCount(all.at('p50')!), max: formatCount(all.max) }]
  })
}
