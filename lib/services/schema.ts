import * as v from 'valibot'
import * as s from '../schema.ts'
import type { BalancerPlan, BucketPlan, CheckPlan, ProbePlan, ServicePlan } from './plan.ts'

const serviceName = v.custom<string>(
  (value) => typeof value === 'string' && /^[a-z][a-z0-9-]{0,31}$/.test(value),
  'must be 1 to 32 of a–z, 0–9 and -, beginning with a letter',
)
/** What can be given to a process. */
const word = v.pipe(
  v.string('must be a text'),
  v.check((text) => !text.includes('\0'), 'must have no NUL in it, which no process can be given'),
)
const command = s.list(word, 'words: the program and its arguments', { least: 1, most: 1_000 })
const path = v.custom<string>(
  (value) => typeof value === 'string' && /^\/\S*$/.test(value),
  'must be a path such as "/health"',
)
const signals = ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const

const checkSchema = v.pipe(
  s.object({
    http: v.optional(path),
    tcp: v.optional(v.literal(true, 'must be true')),
    nats: v.optional(s.subjectPattern),
    command: v.optional(command),
    interval: v.optional(v.pipe(s.duration, v.minValue(50, 'must be at least 50ms')), '500ms'),
    timeout: v.optional(s.positiveDuration, '1s'),
    rise: v.optional(s.whole(1, 100), 2),
    fall: v.optional(s.whole(1, 100), 2),
  }),
  v.check(
    ({ http, tcp, nats, command }) => [http, tcp, nats, command].filter((probe) => probe !== undefined).length === 1,
    'must have exactly one of http, tcp, nats and command',
  ),
  v.transform(
    ({ interval, timeout, rise, fall, ...probe }): CheckPlan => ({
      probe: probeOf(probe),
      intervalMs: interval,
      timeoutMs: timeout,
      rise,
      fall,
    }),
  ),
)

function probeOf({ http, nats, command }: Readonly<Record<string, unknown>>): ProbePlan {
  if (http !== undefined) return { kind: 'http', path: http as string }
  if (nats !== undefined) return { kind: 'nats', subject: nats as string }
  if (command !== undefined) return { kind: 'command', command: command as string[] }
  return { kind: 'tcp' }
}

const balancer = v.pipe(
  v.custom<'haproxy' | 'none' | { url: string }>(
    (value) => value === 'haproxy' || value === 'none' || isUrl((value as { url?: unknown } | null)?.url),
    'must be "haproxy", "none" or { url: "http://…" }',
  ),
  v.transform((value): BalancerPlan => (typeof value === 'string' ? { kind: value } : { kind: 'url', url: value.url })),
)

function isUrl(value: unknown): boolean {
  return typeof value === 'string' && /^https?:\/\//.test(value) && URL.canParse(value)
}

const bucketName = v.custom<string>(
  (value) => typeof value === 'string' && /^[\w-]+$/.test(value),
  'must be the name of a bucket: A–Z, a–z, 0–9, _ and -',
)

const bucket = v.lazy(
  (value): v.GenericSchema<unknown, BucketPlan> =>
    typeof value === 'object'
      ? v.pipe(
          s.object({ bucket: bucketName, rising: v.optional(v.string('must be the name of a field')) }),
          v.transform(({ bucket, rising }) => ({ bucket, ...(rising !== undefined && { rising }) })),
        )
      : v.pipe(
          bucketName,
          v.transform((bucket) => ({ bucket })),
        ),
)

const state = v.pipe(
  s.object({
    kv: v.optional(s.list(bucket, 'buckets', { most: 100 }), []),
    streams: v.optional(s.list(v.string('must be the name of a stream'), 'names of streams', { most: 100 }), []),
  }),
  v.check(({ kv, streams }) => kv.length + streams.length > 0, 'must name a bucket in kv or a stream in streams'),
)

/** Environment of every instance that is Squall's to set. */
const reserved = ['PORT', 'NATS_URL', 'SQUALL_INSTANCE', 'SQUALL_SERVICE', 'SQUALL_RUN']

/** Additions to a process's environment. */
export const environmentSchema = v.pipe(
  v.record(v.string(), word, 'must be an object of texts such as { LOG_LEVEL: "debug" }'),
  v.check(
    (env) => Object.keys(env).every((name) => /^[^=\0]+$/.test(name)),
    'has a name that is empty or has = in it; it must be one that a process can be given, such as LOG_LEVEL',
  ),
  v.check(
    (env) => !reserved.some((name) => Object.hasOwn(env, name)),
    `must not set ${reserved.join(', ')}, which Squall sets`,
  ),
)

export const commandSchema = command

/** A service as the builder makes it → as the plan has it, but for `entry`, which is still relative to the script. */
export const serviceSchema = v.pipe(
  s.object({
    kind: v.literal('service', 'must be made by service()'),
    name: serviceName,
    command: v.optional(command),
    entry: v.optional(v.string('must be the path of a TypeScript or JavaScript file')),
    instances: v.optional(s.whole(1, 50), 2),
    env: v.optional(environmentSchema, {}),
    health: v.optional(checkSchema, { tcp: true }),
    ready: v.optional(checkSchema),
    stopSignal: v.optional(s.oneOf(signals), 'SIGTERM'),
    stopDeadline: v.optional(s.duration, '10s'),
    startDeadline: v.optional(s.positiveDuration, '15s'),
    restart: v.optional(s.oneOf(['always', 'never']), 'always'),
    links: v.optional(s.list(v.string('must be the name of a node'), 'names of nodes', { least: 1, most: 100 })),
    effects: v.optional(
      s.object({
        stream: v.string('must be the name of a stream'),
        field: v.optional(v.string('must be the name of a field'), 'id'),
      }),
    ),
    state: v.optional(state),
    loadBalancer: v.optional(balancer, 'haproxy'),
  }),
  v.check(
    ({ command, entry }) => (command === undefined) !== (entry === undefined),
    'must have exactly one of command and entry',
  ),
  v.transform(
    ({
      kind: _,
      stopDeadline,
      startDeadline,
      health,
      ready,
      command,
      entry,
      links,
      effects,
      state,
      ...rest
    }): ServicePlan => ({
      ...rest,
      ...(command && { command }),
      ...(entry !== undefined && { entry }),
      ...(links && { links }),
      ...(effects && { effects }),
      ...(state && { state }),
      health,
      ready: ready ?? health,
      stopDeadlineMs: stopDeadline,
      startDeadlineMs: startDeadline,
    }),
  ),
)
