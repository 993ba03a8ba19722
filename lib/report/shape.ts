import * as v from 'valibot'
import { isEncodedHistogram, windowKinds } from '../measure/index.ts'
import { reportVersion } from './schema.ts'
import { ledger } from './shape-ledger.ts'
import { service } from './shape-service.ts'

const number = v.number()
const text = v.string()
const flag = v.boolean()
const histogram = v.pipe(text, v.check(isEncodedHistogram, 'no histogram'))
const metricTypes = ['trend', 'counter', 'rate', 'gauge', 'throughput'] as const

const value = v.variant('kind', [
  v.looseObject({
    kind: v.literal('trend'),
    count: number,
    min: number,
    max: number,
    mean: number,
    percentiles: v.record(text, number),
    histogram,
    censored: v.optional(v.looseObject({ count: number, waited: number })),
  }),
  v.looseObject({ kind: v.literal('counter'), count: number, rate: number }),
  v.looseObject({ kind: v.literal('rate'), trues: number, total: number }),
  v.looseObject({ kind: v.literal('gauge'), last: number, min: number, max: number }),
])

const threshold = { selector: text, expression: text }

const outages = v.record(
  text,
  v.looseObject({
    share: number,
    count: number,
    totalMs: number,
    spans: v.array(v.looseObject({ from: number, to: v.optional(number) })),
  }),
)

const took = v.union([v.looseObject({ ms: number }), v.looseObject({ notWithinMs: number })])

const recovery = v.looseObject({
  detected: took,
  acksBack: v.optional(took),
  longestAckGap: v.optional(v.looseObject({ ms: number, from: number })),
  newLeaders: v.record(text, took),
  throughput: v.optional(v.looseObject({ baseline: number, during: number, share: number })),
  fullThroughput: v.optional(took),
  recovered: v.optional(took),
  backlogs: v.record(text, v.looseObject({ peak: number, drained: v.optional(took) })),
  replicasCurrent: v.optional(took),
  queues: v.optional(v.record(text, v.looseObject({ peak: number, drained: v.optional(took) }))),
  regions: v.optional(
    v.record(
      text,
      v.looseObject({
        silentMs: number,
        unlistedAfterMs: v.optional(number),
        crossed: v.optional(took),
        listed: v.optional(took),
      }),
    ),
  ),
})

/** Of regions, what their tables need of the plan. */
const topology = v.union([
  v.looseObject({
    kind: v.literal('regions'),
    regions: v.array(v.looseObject({ name: text })),
    wideArea: v.array(v.looseObject({ between: v.array(text) })),
  }),
  v.looseObject({
    kind: v.pipe(
      text,
      v.check((kind) => kind !== 'regions'),
    ),
  }),
])

const column = v.array(number)
const sparse = v.array(v.nullable(number))

const timeline = v.looseObject({
  intervalMs: number,
  histogramMs: v.optional(number),
  at: column,
  phase: column,
  window: v.array(text),
  due: column,
  started: column,
  dropped: column,
  inFlight: column,
  counters: v.record(text, column),
  trends: v.record(
    text,
    v.looseObject({
      count: column,
      p50: sparse,
      p99: sparse,
      p999: sparse,
      max: sparse,
      histograms: v.optional(v.array(v.nullable(histogram))),
    }),
  ),
})

const observed = v.looseObject({
  availability: outages,
  quorum: outages,
  replication: outages,
  connectivity: v.optional(outages),
  leaderChanges: v.array(v.looseObject({ group: text, from: text, to: text, at: number })),
  leaks: v.array(
    v.looseObject({
      process: text,
      resource: v.picklist(['rssBytes', 'fds', 'connections', 'goroutines']),
      baseline: number,
      recovery: number,
      limit: number,
    }),
  ),
})

/**
 * The parts of a report that outputs rely on; what else is in it is let through, so that a later Squall of the same
 * version may add to it.
 */
export const reportShape = v.looseObject({
  format: v.literal('squall-report'),
  version: v.literal(reportVersion),
  id: text,
  startedAt: text,
  durationMs: number,
  build: v.looseObject({ label: text, commit: v.optional(text), dirty: v.optional(flag) }),
  environment: v.looseObject({
    squall: text,
    node: text,
    os: text,
    arch: text,
    cpu: text,
    cores: number,
    memoryBytes: number,
    hostname: text,
    driver: v.optional(text),
    firewall: v.optional(text),
  }),
  plan: v.looseObject({
    script: v.looseObject({ path: text, sha256: text }),
    options: v.looseObject({ seed: number, timeScale: number, env: v.record(text, text) }),
    topology: v.optional(topology),
    phases: v.array(v.looseObject({ name: text })),
    thresholds: v.array(
      v.looseObject({
        ...threshold,
        metric: text,
        type: text,
        limit: number,
        aggregation: v.looseObject({ kind: text }),
      }),
    ),
    metrics: v.array(v.looseObject({ name: text, type: text, unit: text })),
    consumers: v.array(v.looseObject({ name: text })),
  }),
  pacing: text,
  toxiproxy: v.looseObject({ kind: text, version: text }),
  servers: v.array(
    v.looseObject({ name: text, version: text, sha256: text, syncInterval: text, logTail: v.array(text) }),
  ),
  result: v.looseObject({
    verdict: v.picklist(['passed', 'failed', 'invalid', 'unknown', 'interrupted', 'error']),
    exitCode: number,
    reasons: v.array(text),
  }),
  thresholds: v.array(
    v.looseObject({
      ...threshold,
      passed: flag,
      observed: v.optional(number),
      notWithin: v.optional(number),
      samples: number,
    }),
  ),
  phases: v.array(
    v.looseObject({
      name: text,
      startMs: number,
      endMs: v.optional(number),
      windows: v.array(
        v.looseObject({ kind: v.picklist(windowKinds), faults: v.array(text), startMs: number, endMs: number }),
      ),
    }),
  ),
  faults: v.array(
    v.looseObject({
      id: text,
      name: text,
      fault: v.looseObject({ kind: text }),
      targets: v.array(text),
      parts: v.optional(text),
      scheduledAt: number,
      plannedMs: v.optional(number),
      appliedAt: v.optional(number),
      healedAt: v.optional(number),
      recovery: v.optional(recovery),
      roll: v.optional(
        v.looseObject({
          steps: v.array(v.looseObject({ instance: text, beganAt: number, activeAt: v.optional(number) })),
          left: v.array(text),
          failure: v.optional(text),
        }),
      ),
      proof: v.optional(text),
      intervention: v.optional(text),
      error: v.optional(text),
    }),
  ),
  series: v.array(
    v.looseObject({
      metric: text,
      type: v.picklist(metricTypes),
      unit: v.picklist(['time', 'bytes', 'count', 'share']),
      tags: v.record(text, text),
      value,
    }),
  ),
  timeline,
  events: v.array(v.looseObject({ at: number, kind: text, client: text, detail: v.optional(text) })),
  warnings: v.array(text),
  ledger: v.optional(ledger),
  observed: v.optional(observed),
  services: v.optional(v.array(service)),
  generator: v.looseObject({
    phases: v.array(
      v.looseObject({
        phase: text,
        due: number,
        started: number,
        dropped: number,
        lagP99: v.optional(number),
        maxTurnMs: number,
        utilization: v.nullable(number),
        invalid: v.optional(text),
        caution: v.optional(text),
      }),
    ),
  }),
})
