import type { Report } from '../schema.ts'
import { seconds } from './round.ts'
import type { WholeLine, WholePanel } from './spread.ts'
import { toneOf } from './tones.ts'

/** What the servers used and held, each a line. */
export function serverPanels({ observed }: Report): WholePanel[] {
  if (!observed) return []
  const { at, nodes, groups, consumers = {} } = observed.timeline
  const lines = <T>(of: Readonly<Record<string, T>>, read: (one: T) => readonly (number | null)[]): WholeLine[] =>
    Object.entries(of).map(([label, one], index) => ({ label, tone: toneOf(index), values: read(one) }))
  const panel = (
    id: string,
    title: string,
    about: string,
    unit: WholePanel['unit'],
    made: WholeLine[],
  ): WholePanel => ({
    id,
    part: 'servers',
    title,
    about,
    unit,
    log: false,
    at: at.map(seconds),
    lines: made,
  })
  return [
    panel(
      'cpu',
      'Server CPU',
      'Share of one core; a gap is a server that did not answer.',
      'share',
      lines(nodes, (n) => n.cpu),
    ),
    panel(
      'rss',
      'Server memory',
      'Resident memory of each server.',
      'bytes',
      lines(nodes, (n) => n.rssBytes),
    ),
    panel(
      'store',
      'Stored',
      'What JetStream stores on each server.',
      'bytes',
      lines(nodes, (n) => n.storeBytes),
    ),
    panel(
      'lag',
      'Replica lag',
      'Messages that the leader had and the slowest replica had not.',
      'count',
      lines(groups, (g) => g.lag),
    ),
    panel(
      'backlog',
      'Consumer backlog',
      'Messages that a stream held and the consumer had not been given yet.',
      'count',
      lines(consumers, (c) => c.backlog),
    ),
  ]
}
