import { formatSize } from '../../measure/index.ts'
import { exact, percent } from '../numbers.ts'
import type { InstanceRecord, Report, ServiceRecord } from '../schema.ts'
import type { Column } from '../tables/column.ts'
import { type RestartRow, restartColumns, restartRows } from '../tables/restarts.ts'
import { andMore, firstOf, type Paper, paragraph, type Section } from './paper.ts'
import { layTable } from './table.ts'

const mostInstances = 12
const shownLines = 3

/** How the script's own services did, instance by instance. */
export const services: Section = (report, paper) => [
  ...(report.services ?? []).flatMap((service) => [...instanceTable(service, paper), ...troubles(service, paper)]),
  ...restarts(report, paper),
]

const mostRestarts = 12

/** Those that went wrong are shown, whatever is left out. */
function restarts(report: Report, paper: Paper): string[] {
  const rows = restartRows(report)
  if (rows.length === 0) return []
  const bad = ({ error, lostRequests = 0 }: RestartRow) => error !== undefined || lostRequests > 0
  const { first, more } = firstOf([...rows.filter(bad), ...rows.filter((row) => !bad(row))], mostRestarts)
  return ['', ...layTable(restartColumns(rows), first, paper).lines, ...andMore(more, 'restarts in the report', paper)]
}

function instanceTable({ name, balancer, leastActive, instances }: ServiceRecord, paper: Paper): string[] {
  const { first, more } = firstOf(instances, mostInstances)
  const number = (value: number | undefined) => (value === undefined ? '–' : exact(value))
  const columns: Column<InstanceRecord>[] = [
    { title: `Service ${name}`, align: 'left', text: (one) => one.name, shrinks: true },
    { title: 'active', align: 'right', text: (one) => percent(one.activeShare) },
    { title: 'restarts', align: 'right', text: (one) => exact(one.restarts) },
    {
      title: 'crashes',
      align: 'right',
      text: (one) => exact(one.crashes),
      tone: (one) => (one.crashes > 0 ? 'caution' : undefined),
    },
    { title: 'requests', align: 'right', text: (one) => number(one.requests), worth: 4 },
    { title: 'lost', align: 'right', text: (one) => number(one.lostRequests), worth: 5 },
    {
      title: 'cpu',
      align: 'right',
      text: (one) => (one.cpu === undefined ? '–' : `${Math.round(one.cpu * 100)}%`),
      worth: 2,
    },
    {
      title: 'rss max',
      align: 'right',
      text: (one) => (one.maxRssBytes === undefined ? '–' : formatSize(one.maxRssBytes)),
      worth: 3,
    },
    { title: 'fds max', align: 'right', text: (one) => number(one.maxFds), worth: 1 },
  ]
  const front =
    balancer === 'haproxy' ? 'behind HAProxy' : balancer === 'url' ? "behind the script's balancer" : 'no load balancer'
  return [
    ...layTable(columns, first, paper).lines,
    ...andMore(more, 'instances in the report', paper),
    paper.paint.dim(`  at least ${leastActive} of ${instances.length} active at all times, ${front}`),
  ]
}

function troubles({ instances }: ServiceRecord, paper: Paper): string[] {
  return instances.flatMap(({ trouble, logTail }) =>
    trouble === undefined
      ? []
      : [
          ...paragraph('  ✗ ', `manual intervention needed: ${trouble}`, paper, paper.paint.bad),
          ...logTail.slice(-shownLines).flatMap((line) => paragraph('      ', line, paper, paper.paint.dim)),
        ],
  )
}
