import type { MetricSample } from '../../observe/index.ts'
import type { Around } from '../recovery/index.ts'

/** What waited in a look, as metrics. */
export function depthSamples({ backlogs, queues }: Around): MetricSample[] {
  return [
    ...backlogs.map(({ stream, consumer, messages }) => ({
      metric: 'backlog',
      tags: { stream, consumer },
      value: messages,
    })),
    ...queues.map(({ stream, messages }) => ({ metric: 'queue_depth', tags: { stream }, value: messages })),
  ]
}

/** How regions were joined in a look, as metrics. */
export function regionSamples({ regions }: Around): MetricSample[] {
  return regions.flatMap(({ between, connected, roundTrips }) => [
    { metric: 'region_connected', tags: { between }, value: Number(connected) },
    ...roundTrips.map((value) => ({ metric: 'region_rtt', tags: { between }, value })),
  ])
}
