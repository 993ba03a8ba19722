import { formatCount, formatDuration, formatSize } from '../../../lib/measure/index.ts'
import type { Report } from '../../../lib/report/index.ts'
import { exact, percent } from '../../../lib/report/numbers.ts'
import { dashed, find, spread } from './samples.ts'
import type { Tables } from './tables.ts'

/** What became of the messages, and how the services that had some did. */
export function ledgerTables(report: Report): Tables {
  const { ledger, services = [] } = report
  const { drained, consumers = [], streams = [], paths = [] } = ledger ?? {}
  return {
    Ledger: consumers.map((one) => ({
      Ledger: one.consumer,
      expected: exact(one.expected),
      received: exact(one.received),
      lost: exact(one.lost) + openUnless(drained),
      duplicates: exact(one.duplicates),
      redelivered: exact(one.redelivered),
      'out of order': exact(one.outOfOrder),
      recovered: exact(one.recovered),
      pending: exact(one.pending),
    })),
    Streams: streams.map((one) => {
      const count = (value: number) => (one.judgedBy === 'content' ? exact(value) : '–')
      return {
        Streams: one.stream,
        acked: exact(one.acked),
        read: count(one.read),
        lost: count(one.lost) + openUnless(one.readToEnd),
        unexpected: count(one.unexpected),
        conflicts: count(one.ackConflict),
        duplicates: count(one.duplicate + one.duplicateWithId),
        'out of order': count(one.outOfOrder),
        recovered: count(one.recovered),
      }
    }),
    Paths: paths.flatMap((path) => [
      {
        Paths: path.path.join(' → '),
        'to come': exact(path.offered),
        arrived: exact(path.copied),
        lost: exact(path.lost) + openUnless(path.readToEnd),
        queued: exact(path.queued),
        duplicates: exact(path.duplicate),
        'out of order': exact(path.outOfOrder),
        unexpected: exact(path.unexpected),
      },
      ...path.consumers.map(({ consumer, expected, received, neverConsumed }) => ({
        Paths: [...path.path, consumer].join(' → '),
        'to come': exact(expected),
        arrived: exact(received),
        lost: exact(neverConsumed) + openUnless(drained),
        ...{ queued: '–', duplicates: '–', 'out of order': '–', unexpected: '–' },
      })),
    ]),
    ...Object.fromEntries(
      services.map(({ name: service, instances }) => [
        `Service ${service}`,
        instances.map((one) => ({
          [`Service ${service}`]: one.name,
          active: percent(one.activeShare),
          restarts: exact(one.restarts),
          crashes: exact(one.crashes),
          answered: dashed(one.answered ?? one.requests, exact),
          '/s p50': dashed(
            spread(find(report, 'instance_throughput', { service, instance: one.name }))?.at('p50'),
            formatCount,
          ),
          lost: dashed(one.lostRequests, exact),
          'queue max': dashed(one.maxQueue, exact),
          'ejected in': dashed(one.slowestEjectionMs, formatDuration),
          cpu: dashed(one.cpu, (share) => `${Math.round(share * 100)}%`),
          'rss max': dashed(one.maxRssBytes, formatSize),
          'fds max': dashed(one.maxFds, exact),
          'processes max': dashed(one.maxProcesses, exact),
        })),
      ]),
    ),
  }
}

function openUnless(isKnown: boolean | undefined): string {
  return isKnown ? '' : '?'
}
