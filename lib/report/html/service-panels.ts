import type { Report, ServiceRecord } from '../schema.ts'
import type { WholeLine, WholePanel } from './spread.ts'
import { linesOf, panelsOf } from './whole-panels.ts'

type Timeline = NonNullable<ServiceRecord['timeline']>
type Columns = Timeline['instances'][string]

/** What each service's instances did and used, each a line. */
export function servicePanels({ services = [] }: Report): WholePanel[] {
  return services.flatMap(({ name, timeline }) => (timeline ? panelsFor(name, timeline) : []))
}

function panelsFor(service: string, { at, active, instances }: Timeline): WholePanel[] {
  const make = panelsOf('services', at)
  const panel = (what: string, title: string, about: string, unit: WholePanel['unit'], made: readonly WholeLine[]) =>
    make(`service-${service}-${what}`, `${service}: ${title}`, about, unit, made)
  const lines = (read: (one: Columns) => readonly (number | null)[]) => linesOf(instances, read)
  return [
    {
      ...panel('active', 'active instances', 'Fewest that took work at once.', 'count', [
        { label: 'active', tone: 'good', filled: true, values: active },
      ]),
      merge: 'lowest',
    },
    panel(
      'answered',
      'requests answered',
      'In each second, by who answered.',
      'perSecond',
      lines(({ answered }) => answered),
    ),
    panel(
      'queue',
      'requests under way',
      'At each instance or waiting for it, as HAProxy counts them four times a second; the most.',
      'count',
      lines(({ queue }) => queue),
    ),
    panel(
      'cpu',
      'CPU',
      'Of all its processes, as a share of one core; a gap is an instance that did not run.',
      'share',
      lines(({ cpu }) => cpu),
    ),
    panel(
      'rss',
      'memory',
      'Resident memory of all processes of each instance.',
      'bytes',
      lines(({ rssBytes }) => rssBytes),
    ),
  ]
}
