import type { Report } from '../schema.ts'
import type { WholePanel } from './spread.ts'
import { linesOf, panelsOf } from './whole-panels.ts'

/** What the servers used and held, each a line. */
export function serverPanels({ observed }: Report): WholePanel[] {
  if (!observed) return []
  const { at, nodes, groups, consumers = {} } = observed.timeline
  const panel = panelsOf('servers', at)
  return [
    panel(
      'cpu',
      'Server CPU',
      'Share of one core; a gap is a server that did not answer.',
      'share',
      linesOf(nodes, (n) => n.cpu),
    ),
    panel(
      'rss',
      'Server memory',
      'Resident memory of each server.',
      'bytes',
      linesOf(nodes, (n) => n.rssBytes),
    ),
    panel(
      'store',
      'Stored',
      'What JetStream stores on each server.',
      'bytes',
      linesOf(nodes, (n) => n.storeBytes),
    ),
    panel(
      'lag',
      'Replica lag',
      'Messages that the leader had and the slowest replica had not.',
      'count',
      linesOf(groups, (g) => g.lag),
    ),
    panel(
      'backlog',
      'Consumer backlog',
      'Messages that a stream held and the consumer had not been given yet.',
      'count',
      linesOf(consumers, (c) => c.backlog),
    ),
  ]
}
