import * as v from 'valibot'
import {
  type ConsumerPlan,
  consumerSchema,
  mappingProblem,
  type StreamPlan,
  streamSchema,
  subjectsOverlap,
  takesInServersOwn,
} from '../load/index.ts'
import { plural } from '../plural.ts'
import * as s from '../schema.ts'
import { suggest } from '../suggest.ts'
import { failoverProblem, failoverRegions, shapeOf, type TopologyPlan } from '../topology/index.ts'
import type { PathKey } from './literal.ts'
import { namesIn, repeated } from './names.ts'
import { type Problems, pathText } from './problems.ts'

const listOf = { streams: s.list(v.unknown(), 'streams'), consumers: s.list(v.unknown(), 'consumers') }

/** The script's `streams`, checked against what the topology can hold, where that is known. */
export function planStreams(value: unknown, topology: TopologyPlan | undefined, problems: Problems): StreamPlan[] {
  const streams = parseList(problems, 'streams', streamSchema, value)
  saySubjects(streams, problems)
  const placed = streams.map(([index, stream]): [number, StreamPlan] => [
    index,
    place(stream, ['streams', index], topology, problems),
  ])
  sayOrigins(placed, namesIn(value), problems)
  return placed.map(([index, stream]) => {
    const servers = topology ? serversFor(stream, topology) : Number.POSITIVE_INFINITY
    if (stream.replicas > servers) {
      const where = stream.region === undefined ? 'the topology' : `region ${stream.region}`
      const has = `${where} has ${plural(servers, 'server')}`
      problems.add(
        ['streams', index, 'replicas'],
        `streams[${index}].replicas is ${stream.replicas}; ${has}, and each replica needs one of its own`,
      )
    }
    return stream
  })
}

function serversFor({ region }: StreamPlan, topology: TopologyPlan): number {
  const { nodes, regions } = shapeOf(topology)
  return (regions.find(({ name }) => name === region)?.nodes ?? nodes).length
}

/** Puts an asset into the region that it names, or else into `usual`, by default the first; where there are none, nowhere. */
function place<T extends { readonly region?: string }>(
  asset: T,
  path: readonly PathKey[],
  topology: TopologyPlan | undefined,
  problems: Problems,
  usual?: string,
): T {
  if (!topology) return asset
  const names = shapeOf(topology).regions.map(({ name }) => name)
  const region = asset.region ?? usual ?? names[0]
  if (region === undefined) return asset
  if (!names.includes(region)) sayNoRegion(region, [...path, 'region'], topology, problems)
  return { ...asset, region }
}

function sayNoRegion(region: string, at: readonly PathKey[], topology: TopologyPlan, problems: Problems): void {
  const names = shapeOf(topology).regions.map(({ name }) => name)
  const meant = suggest(region, names)
  const there = names.length > 0 ? `there are ${names.join(', ')}` : `${topology.kind}() has none; regions() makes some`
  problems.add(
    at,
    `${pathText(at)} is "${region}"; there is no such region: ${meant ? `did you mean "${meant}"?` : there}`,
  )
}

/** What a copy copies must be a stream of the script, in the region that the copy says, and not come from the copy. */
function sayOrigins(
  streams: readonly (readonly [number, StreamPlan])[],
  names: readonly unknown[],
  problems: Problems,
) {
  const plans = streams.map(([, stream]) => stream)
  const known = names.filter((name) => typeof name === 'string')
  for (const [index, { name, copies }] of streams) {
    const origins = copies?.origins ?? []
    for (const [position, origin] of origins.entries()) {
      const path = ['streams', index, copies!.kind, ...(copies!.kind === 'sources' ? [position] : [])]
      const say = (key: string, is: string, why: string) =>
        problems.add([...path, key], `${pathText([...path, key])} is "${is}"; ${why}`)
      const found = plans.find((stream) => stream.name === origin.stream)
      if (origin.stream === name) say('stream', name, 'a stream can not copy itself')
      else if (!known.includes(origin.stream)) say('stream', origin.stream, streamHint(origin.stream, known))
      else if (isInCircle(origin.stream, name, plans))
        say('stream', origin.stream, `that is itself a copy of "${name}": a message would go round in a circle`)
      else if (origins.findIndex(({ stream }) => stream === origin.stream) < position)
        say('stream', origin.stream, 'the copy takes it already; one stream is one source')
      else if (found && origin.region !== undefined && origin.region !== found.region)
        say('region', origin.region, `stream "${found.name}" is in ${found.region ?? 'no region'}`)
      const { filter, to } = origin
      if (
        filter !== undefined &&
        found &&
        !found.copies &&
        !found.subjects.some((subject) => subjectsOverlap(subject, filter))
      )
        say('filter', filter, `stream "${found.name}" holds nothing of it: it takes ${found.subjects.join(', ')}`)
      const wrong = to === undefined ? undefined : mappingProblem(filter, to)
      if (to !== undefined && wrong) say('to', to, `it ${wrong}`)
    }
  }
}

/** Does a stream get what it copies, through however many others, from `end`? */
function isInCircle(
  stream: string,
  end: string,
  streams: readonly StreamPlan[],
  seen: readonly string[] = [],
): boolean {
  if (stream === end) return true
  // A circle that `end` is not part of is told where it is closed.
  if (seen.includes(stream)) return false
  const origins = streams.find(({ name }) => name === stream)?.copies?.origins ?? []
  return origins.some((origin) => isInCircle(origin.stream, end, streams, [...seen, stream]))
}

/** A stream may not store what the servers say; and as JetStream stores a message once, no two subjects may have one in common. */
function saySubjects(streams: readonly (readonly [number, StreamPlan])[], problems: Problems): void {
  const all = streams.flatMap(([index, { name, subjects }]) =>
    subjects.map((subject, position) => ({ path: ['streams', index, 'subjects', position], name, subject })),
  )
  for (const { path, subject } of all.filter(({ subject }) => takesInServersOwn(subject))) {
    const taken = `takes in subjects of the servers' own ($JS and $SYS), and nats-server would refuse the stream`
    problems.add(path, `${pathText(path)} is "${subject}", which ${taken}; begin it with a word, such as "orders.>"`)
  }
  for (const [index, { path, subject }] of all.entries()) {
    const other = all.slice(0, index).find((earlier) => subjectsOverlap(earlier.subject, subject))
    if (!other) continue
    const taken = `overlaps with "${other.subject}" of stream "${other.name}"`
    problems.add(path, `${pathText(path)} is "${subject}", which ${taken}; a message is stored once`)
  }
}

export interface ConsumerContext {
  readonly topology: TopologyPlan | undefined
  /** Those that nothing is wrong with. */
  readonly streams: readonly StreamPlan[]
  /** Those too that something is wrong with. */
  readonly streamNames: readonly string[]
}

/** The script's `consumers`, checked against its streams and topology. */
export function planConsumers(value: unknown, context: ConsumerContext, problems: Problems): ConsumerPlan[] {
  const { topology, streams, streamNames } = context
  return parseList(problems, 'consumers', consumerSchema, value).map(([index, consumer]) => {
    if (consumer.kind === 'pull' && !streamNames.includes(consumer.stream)) {
      problems.add(
        ['consumers', index, 'stream'],
        `consumers[${index}].stream is "${consumer.stream}"; ${streamHint(consumer.stream, streamNames)}`,
      )
    }
    const usual = consumer.kind === 'pull' ? streams.find(({ name }) => name === consumer.stream)?.region : undefined
    const { failover, ...rest } = place({ ...consumer, index }, ['consumers', index], topology, problems, usual)
    const names = topology ? shapeOf(topology).regions.map(({ name }) => name) : undefined
    const problem = names && failoverProblem(failover, rest.region, names)
    if (problem)
      problems.add(['consumers', index, 'failover'], `consumers[${index}].failover ${problem.is}; ${problem.why}`)
    return { ...rest, ...(failover !== undefined && { failover: failoverRegions(failover, rest.region, names ?? []) }) }
  })
}

/** Each entry for itself, so that one that is wrong does not hide what is wrong with the others. */
function parseList<S extends v.GenericSchema>(
  problems: Problems,
  list: keyof typeof listOf,
  schema: S,
  value: unknown,
): [number, v.InferOutput<S>][] {
  const entries = value === undefined ? [] : (problems.parse([list], listOf[list], value) ?? [])
  const names = entries.map((entry) => namesIn([entry])[0])
  for (const [index, first] of repeated(names)) {
    problems.add(
      [list, index],
      `${list}[${index}] is named "${names[index]}", as ${list}[${first}] is; names must differ`,
    )
  }
  return entries.flatMap((entry, index): [number, v.InferOutput<S>][] => {
    const parsed = problems.parse([list, index], schema, entry)
    return parsed === undefined ? [] : [[index, parsed]]
  })
}

function streamHint(name: string, names: readonly string[]): string {
  const meant = suggest(name, names)
  if (meant) return `did you mean "${meant}"?`
  return names.length > 0 ? `the script declares ${names.join(', ')}` : 'the script declares no streams'
}
