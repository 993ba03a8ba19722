import * as v from 'valibot'
import {
  type ConsumerPlan,
  consumerSchema,
  type StreamPlan,
  streamSchema,
  subjectsOverlap,
  takesInServersOwn,
} from '../load/index.ts'
import * as s from '../schema.ts'
import { suggest } from '../suggest.ts'
import { shapeOf, type TopologyPlan } from '../topology/index.ts'
import { namesIn, repeated } from './names.ts'
import { type Problems, pathText } from './problems.ts'

const listOf = { streams: s.list(v.unknown(), 'streams'), consumers: s.list(v.unknown(), 'consumers') }

/** The script's `streams`, checked against what the topology can hold, where that is known. */
export function planStreams(value: unknown, topology: TopologyPlan | undefined, problems: Problems): StreamPlan[] {
  const servers = topology ? shapeOf(topology).nodes.length : Number.POSITIVE_INFINITY
  const streams = parseList(problems, 'streams', streamSchema, value)
  saySubjects(streams, problems)
  return streams.map(([index, stream]) => {
    if (stream.replicas > servers) {
      const has = `the topology has ${servers} ${servers === 1 ? 'server' : 'servers'}`
      problems.add(
        ['streams', index, 'replicas'],
        `streams[${index}].replicas is ${stream.replicas}; ${has}, and each replica needs one of its own`,
      )
    }
    return stream
  })
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

/** The script's `consumers`, checked against its streams, of which `streamNames` are known. */
export function planConsumers(value: unknown, streamNames: readonly string[], problems: Problems): ConsumerPlan[] {
  return parseList(problems, 'consumers', consumerSchema, value).map(([index, consumer]) => {
    if (consumer.kind === 'pull' && !streamNames.includes(consumer.stream)) {
      problems.add(
        ['consumers', index, 'stream'],
        `consumers[${index}].stream is "${consumer.stream}"; ${streamHint(consumer.stream, streamNames)}`,
      )
    }
    return { ...consumer, index }
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
