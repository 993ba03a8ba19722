import { formatCount, formatDuration, formatSize } from '../../measure/index.ts'
import { mergeTrends } from '../merge.ts'
import { counted, exact, percent } from '../numbers.ts'
import type { InstanceRecord, Report, ServiceRecord } from '../schema.ts'
import type { Column } from './column.ts'
import type { Remark } from './remark.ts'

/** How one service's instances did. */
export function instanceColumns(
  { series }: Report,
  { name: service, instances }: ServiceRecord,
): Column<InstanceRecord>[] {
  const rate = ({ name }: InstanceRecord) => {
    const own = series.filter(
      ({ metric, tags }) => metric === 'instance_throughput' && tags.service === service && tags.instance === name,
    )
    const rates = mergeTrends(own)
    return rates ? formatCount(rates.percentiles.p50 ?? rates.max) : '–'
  }
  const known = (title: string, worth: number, read: (one: InstanceRecord) => number | undefined, words = exact) => {
    const text = (one: InstanceRecord) => {
      const value = read(one)
      return value === undefined ? '–' : words(value)
    }
    const isKnown = instances.some((one) => read(one) !== undefined)
    return isKnown ? [{ title, align: 'right', text, worth } satisfies Column<InstanceRecord>] : []
  }
  return [
    { title: `Service ${service}`, align: 'left', text: (one) => one.name, shrinks: true },
    { title: 'active', align: 'right', text: (one) => percent(one.activeShare) },
    { title: 'restarts', align: 'right', text: (one) => exact(one.restarts) },
    {
      title: 'crashes',
      align: 'right',
      text: (one) => exact(one.crashes),
      tone: (one) => (one.crashes > 0 ? 'caution' : undefined),
    },
    ...known('answered', 8, ({ answered, requests }) => answered ?? requests),
    ...(instances.some(({ answered }) => answered !== undefined)
      ? [{ title: '/s p50', align: 'right', text: rate, worth: 6 } satisfies Column<InstanceRecord>]
      : []),
    ...known('lost', 7, ({ lostRequests }) => lostRequests).map((column) => ({
      ...column,
      tone: ({ lostRequests = 0 }: InstanceRecord) => (lostRequests > 0 ? ('caution' as const) : undefined),
    })),
    ...known('queue max', 2, ({ maxQueue }) => maxQueue),
    ...known('ejected in', 5, ({ slowestEjectionMs }) => slowestEjectionMs, formatDuration),
    ...known(
      'cpu',
      3,
      ({ cpu }) => cpu,
      (share) => `${Math.round(share * 100)}%`,
    ),
    ...known('rss max', 4, ({ maxRssBytes }) => maxRssBytes, formatSize),
    ...known('fds max', 1, ({ maxFds }) => maxFds),
    ...(instances.some(({ maxProcesses = 1 }) => maxProcesses > 1)
      ? known('processes max', 1, ({ maxProcesses }) => maxProcesses)
      : []),
  ]
}

/** How many were active at all times, and behind what. */
export function activeFact({ balancer, leastActive, instances }: ServiceRecord): string {
  const front =
    balancer === 'haproxy' ? 'behind HAProxy' : balancer === 'url' ? "behind the script's balancer" : 'no load balancer'
  return `at least ${leastActive} of ${instances.length} active at all times, ${front}`
}

/** Who needs a person, and the end of its log. */
export function troubleRemarks({ instances }: ServiceRecord, mostLines: number): { remark: Remark; log: string[] }[] {
  return instances.flatMap(({ trouble, logTail }) =>
    trouble === undefined
      ? []
      : [
          {
            remark: { mark: '✗', tone: 'bad', text: `manual intervention needed: ${trouble}` },
            log: logTail.slice(-mostLines),
          },
        ],
  )
}

/** Whether what the service stores survived its restarts; `most` differences by name. */
export function stateRemarks({ name, state }: ServiceRecord, most: number): Remark[] {
  if (!state) return []
  const { buckets, streams, looks, failedLooks, differences, count, unread } = state
  const failed = failedLooks > 0 ? `, and ${counted(failedLooks, 'time')} not all could be read` : ''
  const looked = `${[...buckets, ...streams].join(', ')} read ${counted(looks, 'time')}${failed}`
  const shown = differences.slice(0, most)
  const more = count - shown.length
  const bad = (text: string): Remark => ({ mark: '✗', tone: 'bad', text })
  const unknown = `${name}: its state could not be read at the end: ${unread}`
  return [
    ...(count > 0 ? [bad(`${name}: state not kept over restarts; ${looked}`)] : []),
    ...shown.map(bad),
    ...(more > 0 ? [bad(`and ${counted(more, 'more difference')}`)] : []),
    ...(unread !== undefined ? [{ mark: '?', tone: 'caution', text: unknown } satisfies Remark] : []),
    ...(count === 0 && unread === undefined
      ? [{ mark: '·', tone: 'dim', text: `${name}: state kept over restarts; ${looked}` } satisfies Remark]
      : []),
  ]
}
