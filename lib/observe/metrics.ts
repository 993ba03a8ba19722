import type { Observation } from './observation.ts'
import type { NodeSample, Round } from './sample.ts'

/** A value for an `Aggregate`; the tags of phase and window are for whoever knows them. */
export interface MetricSample {
  readonly metric: string
  readonly tags: Readonly<Record<string, string>>
  readonly value: number
}

/** What a round is worth in the metrics that thresholds may name: `observedMetrics`. */
export function samplesFor({ round, before, statuses, changes, lags }: Observation): MetricSample[] {
  return [
    ...round.nodes.flatMap((sample) => nodeSamples(sample, before)),
    ...statuses.map(({ group, quorum }) => made('quorum', { stream: group }, Number(quorum))),
    ...changes.map(({ group }) => made('leader_changes', { stream: group }, 1)),
    ...lags.map(({ stream, node, messages }) => made('replica_lag', { stream, node }, messages)),
  ]
}

function nodeSamples(sample: NodeSample, before: Round | undefined): MetricSample[] {
  const { node, server, cpu, rssBytes, fds } = sample
  const last = before?.nodes.find((earlier) => earlier.node === node)?.server
  const values: readonly (readonly [string, number | undefined])[] = [
    ['node_up', Number(server !== undefined)],
    ['server_cpu', cpu],
    ['server_rss', rssBytes],
    ['server_fds', fds],
    ['server_connections', server?.connections],
    ['store_bytes', server?.storeBytes],
    // A server that is back counts from zero.
    [
      'slow_consumers',
      server && last && server.slowConsumers - (server.slowConsumers < last.slowConsumers ? 0 : last.slowConsumers),
    ],
  ]
  return values.flatMap(([metric, value]) => (value === undefined ? [] : [made(metric, { node }, value)]))
}

function made(metric: string, tags: MetricSample['tags'], value: number): MetricSample {
  return { metric, tags, value }
}
