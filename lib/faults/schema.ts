import * as v from 'valibot'
import * as s from '../schema.ts'
import { commandSchema, environmentSchema } from '../services/index.ts'
import type { Fault, NodeFault } from './fault.ts'
import { targetSchema } from './target.ts'

const streams = s.oneOf(['upstream', 'downstream', 'both'])
const link = v.optional(v.string('must be the name of a link, such as "publishers"'), 'clients')
const downstream = { link, stream: v.optional(streams, 'downstream'), toxicity: v.optional(s.share, 1) }

/** Toxiproxy's times and sizes are 32-bit; a day and a GiB are more than any use of them. */
const delay = v.pipe(s.duration, v.maxValue(86_400_000, 'must be at most a day'))
const bytes = v.pipe(s.size, v.maxValue(2 ** 30, 'must be at most 1GiB'))

const onNodes = { target: targetSchema, allowQuorumLoss: v.optional(v.boolean('must be true or false'), false) }
const betweenNodes = { target: targetSchema, hearers: v.optional(targetSchema) }
const modes = v.optional(s.oneOf(['drop', 'stall', 'down']), 'drop')
const wipe = v.optional(v.boolean('must be true or false'), false)

function restarting<const K extends NodeFault['kind']>(kind: K) {
  return s.object({ kind: v.literal(kind), ...onNodes, wipe })
}

function kept<const K extends NodeFault['kind']>(kind: K) {
  return v.pipe(
    s.object({ kind: v.literal(kind), ...onNodes }),
    v.transform((fault) => ({ ...fault, wipe: false })),
  )
}

const schemas: { readonly [K in Fault['kind']]: v.GenericSchema<unknown, Fault> } = {
  latency: v.pipe(
    s.object({ kind: v.literal('latency'), ...downstream, delay, jitter: v.optional(delay, 0) }),
    v.check(({ delay, jitter }) => jitter <= delay, 'has more jitter than delay; it must have at most as much'),
    v.transform(({ delay, jitter, ...rest }) => ({ ...rest, delayMs: delay, jitterMs: jitter })),
  ),
  bandwidth: v.pipe(
    s.object({ kind: v.literal('bandwidth'), ...downstream, rate: s.byteRate }),
    v.transform(({ rate, ...rest }) => ({ ...rest, kilobytesPerSecond: rate })),
  ),
  slicer: v.pipe(
    s.object({
      kind: v.literal('slicer'),
      ...downstream,
      averageSize: v.pipe(bytes, v.minValue(1, 'must be at least 1 byte')),
      sizeVariation: v.optional(bytes, 0),
      delay: v.optional(delay, 0),
    }),
    v.check(
      ({ averageSize, sizeVariation }) => sizeVariation < Math.max(1, averageSize),
      'has a sizeVariation that is not below its averageSize; it must have a smaller one',
    ),
    v.transform(({ delay, ...rest }) => ({ ...rest, delayUs: delay * 1_000 })),
  ),
  slowClose: v.pipe(
    s.object({ kind: v.literal('slowClose'), ...downstream, delay }),
    v.transform(({ delay, ...rest }) => ({ ...rest, delayMs: delay })),
  ),
  limitData: s.object({ kind: v.literal('limitData'), ...downstream, bytes }),
  resetPeer: v.pipe(
    s.object({ kind: v.literal('resetPeer'), ...downstream, after: v.optional(delay, 0) }),
    v.transform(({ after, ...rest }) => ({ ...rest, afterMs: after })),
  ),
  blackhole: s.object({
    kind: v.literal('blackhole'),
    ...downstream,
    stream: v.optional(streams, 'both'),
    mode: v.optional(s.oneOf(['drop', 'stall']), 'drop'),
  }),
  down: s.object({ kind: v.literal('down'), link }),
  kill: restarting('kill'),
  stop: restarting('stop'),
  restart: restarting('restart'),
  pause: kept('pause'),
  lameDuck: kept('lameDuck'),
  crashLoop: kept('crashLoop'),
  partition: v.pipe(
    s.object({
      kind: v.literal('partition'),
      shape: s.oneOf(['isolate', 'halves', 'bridge', 'majoritiesRing', 'oneWay', 'apart']),
      ...onNodes,
      hearers: v.optional(targetSchema),
      mode: modes,
      flapping: v.optional(s.object({ on: s.positiveDuration, off: s.positiveDuration })),
    }),
    v.check(
      ({ shape, mode }) => mode !== 'down' || (shape !== 'oneWay' && shape !== 'majoritiesRing'),
      'cuts single directions, which mode "down" cannot; it must be "drop" or "stall"',
    ),
    v.transform(({ hearers, flapping, ...rest }) => ({
      ...rest,
      ...(hearers && { hearers }),
      ...(flapping && { flapping: { onMs: flapping.on, offMs: flapping.off } }),
    })),
  ),
  slow: v.pipe(
    s.object({
      kind: v.literal('slow'),
      ...betweenNodes,
      latency: v.optional(delay, 0),
      jitter: v.optional(delay, 0),
      bandwidth: v.optional(s.byteRate),
    }),
    v.check(
      ({ latency, bandwidth }) => latency > 0 || bandwidth !== undefined,
      'has no latency and no bandwidth, and would do nothing; it must have one of them',
    ),
    v.check(({ latency, jitter }) => jitter <= latency, 'has more jitter than latency; it must have at most as much'),
    v.check(({ bandwidth }) => bandwidth !== 0, 'has a bandwidth of 0, which is a cut; it must be more'),
    v.transform(({ hearers, latency, jitter, bandwidth, ...rest }) => ({
      ...rest,
      ...(hearers && { hearers }),
      delayMs: latency,
      jitterMs: jitter,
      ...(bandwidth !== undefined && { kilobytesPerSecond: bandwidth }),
    })),
  ),
  lossyLink: v.pipe(
    s.object({
      kind: v.literal('lossyLink'),
      ...betweenNodes,
      // Longer ones cost elections: that is a partition.
      stall: v.optional(v.pipe(s.positiveDuration, v.maxValue(2_000, 'must be at most 2s')), '200ms'),
      every: v.optional(s.positiveDuration, '2s'),
    }),
    v.check(({ stall, every }) => stall < every, 'would stall all the time; every must be longer than stall'),
    v.transform(({ hearers, stall, every, ...rest }) => ({
      ...rest,
      ...(hearers && { hearers }),
      stallMs: stall,
      everyMs: every,
    })),
  ),
  isolateClients: s.object({
    kind: v.literal('isolateClients'),
    target: targetSchema,
    role: v.optional(s.oneOf(['clients', 'publishers', 'consumers']), 'clients'),
    mode: modes,
  }),
  rollingRestart: v.pipe(
    s.object({
      kind: v.literal('rollingRestart'),
      service: v.string('must be the name of a service, such as "router"'),
      order: v.optional(s.oneOf(['forward', 'reverse', 'random']), 'forward'),
      pause: v.optional(delay, 0),
      waitHealthy: v.optional(s.positiveDuration, '30s'),
      drain: v.optional(delay, '10s'),
      maxUnavailable: v.optional(s.whole(0, 50), 1),
      surge: v.optional(v.boolean('must be true or false'), false),
      to: v.optional(s.object({ command: v.optional(commandSchema), env: v.optional(environmentSchema) }), {}),
    }),
    v.check(
      ({ maxUnavailable, surge }) => surge || maxUnavailable > 0,
      'has maxUnavailable 0, so that no instance could be restarted; it must be at least 1, or have surge: true',
    ),
    v.transform(({ pause, waitHealthy, drain, to: { command, env }, ...rest }) => ({
      ...rest,
      pauseMs: pause,
      waitHealthyMs: waitHealthy,
      drainMs: drain,
      to: { ...(command && { command }), ...(env && { env }) },
    })),
  ),
}

const noFault = v.custom<Fault>(() => false, 'must be a fault, such as latency({ delay: "50ms" }) or down()')

/** A fault as a builder makes it → as the plan has it. */
export const faultSchema = v.lazy((input): v.GenericSchema<unknown, Fault> => {
  const kind = typeof input === 'object' && input !== null ? (input as { kind?: unknown }).kind : undefined
  return typeof kind === 'string' && Object.hasOwn(schemas, kind) ? schemas[kind as Fault['kind']] : noFault
})
