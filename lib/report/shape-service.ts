import * as v from 'valibot'

const number = v.number()
const text = v.string()
const sparse = v.array(v.nullable(number))

const serviceTimeline = v.looseObject({
  intervalMs: number,
  at: v.array(number),
  active: sparse,
  instances: v.record(
    text,
    v.looseObject({
      active: sparse,
      answered: sparse,
      queue: sparse,
      cpu: sparse,
      rssBytes: sparse,
      fds: sparse,
      processes: v.optional(sparse),
    }),
  ),
})

/** One of {@link reportShape}'s `services`. */
export const service = v.looseObject({
  name: text,
  leastActive: number,
  instances: v.array(
    v.looseObject({
      name: text,
      activeShare: number,
      restarts: number,
      crashes: number,
      answered: v.optional(number),
      requests: v.optional(number),
      lostRequests: v.optional(number),
      maxQueue: v.optional(number),
      cpu: v.optional(number),
      maxRssBytes: v.optional(number),
      maxFds: v.optional(number),
      maxProcesses: v.optional(number),
      slowestEjectionMs: v.optional(number),
      trouble: v.optional(text),
      logTail: v.array(text),
    }),
  ),
  state: v.optional(
    v.looseObject({
      buckets: v.array(text),
      streams: v.array(text),
      looks: number,
      failedLooks: number,
      differences: v.array(text),
      count: number,
      unread: v.optional(text),
    }),
  ),
  timeline: v.optional(serviceTimeline),
})
