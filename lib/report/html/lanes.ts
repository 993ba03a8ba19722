import type { Outages } from '../../observe/index.ts'
import type { Report, ServersObserved } from '../schema.ts'
import type { ChartTone, Lane, LaneSpan } from './chart-data.ts'
import { readable } from './readable.ts'
import { seconds } from './round.ts'
import { toneOf } from './tones.ts'

/** Spans in all lanes together, some 60 bytes each on the page. */
const mostSpans = 3_000

/** What everything was at each time of the run: the phase, the faults in force, each node, each group's leader. */
export function lanes(report: Report): Lane[] {
  const { observed, durationMs } = report
  const made = [
    phaseLane(report),
    ...faultLanes(report),
    ...instanceLanes(report),
    ...(observed
      ? [...regionLanes(observed, report), ...nodeLanes(observed, report), ...leaderLanes(observed, report)]
      : []),
    ...connectionLanes(report),
  ].filter(({ spans }) => spans.length > 0)
  return fitting(made, seconds(durationMs))
}

/** Lanes that a page can carry: what is too short is merged, and ever longer, until few enough are left. */
function fitting(lanes: readonly Lane[], runSeconds: number): Lane[] {
  const count = (some: readonly Lane[]) => some.reduce((sum, { spans }) => sum + spans.length, 0)
  let made = [...lanes]
  for (let least = runSeconds / 4_000; count(made) > mostSpans && least < runSeconds; least *= 2) {
    made = lanes.map((lane) => ({ ...lane, spans: readable(lane.spans, least) }))
  }
  return made
}

function phaseLane({ phases, durationMs }: Report): Lane {
  return {
    title: 'phase',
    spans: phases.map(({ name, startMs, endMs = durationMs }) => span(startMs, endMs, name, 'muted')),
  }
}

function faultLanes({ faults, durationMs }: Report): Lane[] {
  const names = [...new Set(faults.map(({ name }) => name))]
  return names.map((name) => ({
    title: name,
    spans: faults
      .filter((fault) => fault.name === name && fault.appliedAt !== undefined)
      .map(({ appliedAt = 0, healedAt = durationMs, targets }) =>
        span(appliedAt, healedAt, targets.join(', ') || name, 'fault'),
      ),
  }))
}

const stateTones: Readonly<Record<string, ChartTone>> = { running: 'good', paused: 'caution', down: 'bad' }

/** By what was done to a node, and whether it answered. */
function nodeLanes({ timeline: { at, nodes, intervalMs } }: ServersObserved, { durationMs }: Report): Lane[] {
  return Object.entries(nodes).map(([node, { state, up }]) => {
    const seen = state.map((state, index) => (state === 'running' && up[index] === 0 ? 'no answer' : state))
    return {
      title: node,
      spans: runs(seen, at, intervalMs, durationMs, (state) => stateTones[state] ?? 'caution'),
    }
  })
}

const activeTones: Readonly<Record<string, ChartTone>> = { active: 'good', 'active in part': 'caution', away: 'bad' }

/** Whether each instance of a service took work. */
function instanceLanes({ services = [], durationMs }: Report): Lane[] {
  return services.flatMap(({ timeline }) =>
    Object.entries(timeline?.instances ?? {}).map(([title, { active }]) => {
      const seen = active.map((share) =>
        share === null ? null : share === 1 ? 'active' : share === 0 ? 'away' : 'active in part',
      )
      return { title, spans: runs(seen, timeline!.at, timeline!.intervalMs, durationMs, (word) => activeTones[word]!) }
    }),
  )
}

/** How two regions were joined, by the word of both and by what crossed. */
function regionLanes({ timeline: { at, regions = {}, intervalMs } }: ServersObserved, { durationMs }: Report): Lane[] {
  const pairs = Object.entries(regions)
  const most = Math.ceil(mostRegionSpans / Math.max(1, pairs.length))
  const tone = (state: string) => (state === 'connected' ? 'good' : 'bad')
  return pairs.map(([title, { state }]) => {
    const spans = runs(state, at, intervalMs, durationMs, tone)
    if (spans.length <= most) return { title, spans }
    const merged = Math.ceil(at.length / most)
    return { title, spans: runs(worstOf(state, merged), at, intervalMs, durationMs, tone) }
  })
}

/** A link that comes and goes for an hour would fill the page. */
const mostRegionSpans = 1_500

/** So many neighbours all have the worst state among them. */
function worstOf(states: readonly (string | null)[], merged: number): (string | null)[] {
  return states.map((state, index) => {
    const first = index - (index % merged)
    const group = states.slice(first, first + merged)
    return group.find((other) => other !== null && other !== 'connected') ?? state
  })
}

function leaderLanes({ timeline: { at, groups, nodes, intervalMs }, quorum }: ServersObserved, report: Report): Lane[] {
  const known = Object.keys(nodes)
  return Object.entries(groups).map(([group, { leader }]) => ({
    title: `${group} leader`,
    spans: besides(
      outages(quorum[group], report.durationMs),
      runs(leader, at, intervalMs, report.durationMs, (node) => toneOf(known.indexOf(node))),
    ),
  }))
}

/** Leaders, and the outages where there is none: both are seen once a second, so they overlap by up to one. */
function besides(outages: readonly LaneSpan[], leaders: readonly LaneSpan[]): LaneSpan[] {
  const left = outages.flatMap(({ from, to, ...outage }) => {
    const parts: LaneSpan[] = []
    let start = from
    for (const leader of leaders) {
      if (leader.to <= start || leader.from >= to) continue
      if (leader.from > start) parts.push({ ...outage, from: start, to: leader.from })
      start = leader.to
    }
    return start < to ? [...parts, { ...outage, from: start, to }] : parts
  })
  return [...left, ...leaders]
}

function outages(outages: Outages | undefined, endMs: number): LaneSpan[] {
  return (outages?.spans ?? []).map(({ from, to = endMs }) => span(from, to, 'no quorum', 'bad'))
}

/** From each disconnect to the next reconnect of the same client. */
function connectionLanes({ events, durationMs }: Report): Lane[] {
  const clients = [...new Set(events.filter(({ kind }) => kind === 'disconnect').map(({ client }) => client))]
  return clients.map((client) => ({
    title: client,
    spans: events
      .filter((event) => event.client === client && event.kind === 'disconnect')
      .map(({ at, detail }) => {
        const back = events.find((e) => e.client === client && e.kind === 'reconnect' && e.at >= at)?.at ?? durationMs
        return span(at, back, detail === undefined ? 'disconnected' : `disconnected from ${detail}`, 'caution')
      }),
  }))
}

/** Equal neighbours as one span; nothing where nothing is known. */
function runs(
  values: readonly (string | null)[],
  at: readonly number[],
  intervalMs: number,
  endMs: number,
  tone: (value: string) => ChartTone,
): LaneSpan[] {
  const spans: LaneSpan[] = []
  let start = 0
  for (let index = 1; index <= values.length; index += 1) {
    const value = values[start]
    if (index < values.length && values[index] === value) continue
    const until = index < values.length ? at[index]! : Math.min(endMs, at[index - 1]! + intervalMs)
    if (value !== null && value !== undefined) spans.push(span(at[start]!, until, value, tone(value)))
    start = index
  }
  return spans
}

function span(from: number, to: number, label: string, tone: ChartTone): LaneSpan {
  return { from: Math.max(0, seconds(from)), to: seconds(to), label, tone }
}
