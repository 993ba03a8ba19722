import test from 'ava'
import type { AckTimes } from '../../../lib/load/index.ts'
import { Aggregate, type WindowKind } from '../../../lib/measure/index.ts'
import { History, type RegionLook } from '../../../lib/observe/index.ts'
import type { Interval } from '../../../lib/run/recording/interval.ts'
import { FaultCourses } from '../../../lib/run/recovery/index.ts'
import { type MadeNode, madeRound } from '../../observe/rounds.ts'

const origin = 100_000

/** A load of 100 a second, one interval and one look a second; times in seconds from its start. */
class Made {
  readonly aggregate = new Aggregate([])
  readonly courses: FaultCourses
  readonly #history = new History(['S'], origin)
  #ackedAt = Number.NaN
  regions: readonly RegionLook[] = []
  hasCopy = false

  constructor(replicasCurrentAt?: (time: number) => number | undefined) {
    this.courses = new FaultCourses({ recording: { aggregate: this.aggregate, origin }, replicasCurrentAt })
  }

  second(
    second: number,
    window: WindowKind,
    done = 100,
    nodes: Record<string, MadeNode> = {},
    waiting = window === 'baseline' ? 2 : 80,
    gapMs?: number,
  ): void {
    const from = origin + second * 1_000
    const last = done > 0 ? from + 990 : undefined
    const silence = last !== undefined && from - this.#ackedAt > 60 ? { from: this.#ackedAt, to: from } : undefined
    const gap = gapMs === undefined ? silence : { from: from + 500 - gapMs, to: from + 500 }
    const acks: AckTimes = {
      first: last && from,
      last,
      gap,
      missed: done === 0 ? from + 5 : undefined,
    }
    this.#ackedAt = last ?? this.#ackedAt
    this.courses.interval({ from, to: from + 1_000, phase: 0, window, done, acks } as Interval)
    const backlog = { stream: 'S', consumer: 'billing', messages: waiting }
    const queue = { stream: 'COPY', region: undefined, messages: waiting }
    const around = { at: from + 150, backlogs: [backlog], queues: this.hasCopy ? [queue] : [], regions: this.regions }
    this.courses.look(this.#history.add(madeRound(from + 100, nodes)), around, window === 'baseline')
  }

  begin(id: string, second: number): void {
    const fault = id.split('#')[0]!
    this.courses.begin(id, 0, { phase: 'faults', fault, node: undefined }, origin + second * 1_000)
  }

  observe(metric: string, tags: Record<string, string> = {}) {
    const threshold = { metric, tags, aggregation: { kind: 'max' }, type: 'trend' } as never
    return this.aggregate.observe(threshold, () => 1)
  }
}

const seconds = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index)
const leaderless = { n1: { up: false, state: 'down' } as MadeNode }
const byN2 = { ...leaderless, n2: { leader: 'n2', metaLeader: 'n2' }, n3: { leader: 'n2', metaLeader: 'n2' } }

/** A leader killed at 10 s, replaced at 14 s, healed at 15 s; recovered after 1 s. */
function killedLeader(made = new Made((time) => time + 600)) {
  for (const second of seconds(0, 10)) made.second(second, 'baseline')
  made.begin('leader#1', 10)
  made.courses.hit('leader#1', 'n1')
  for (const second of seconds(10, 14)) made.second(second, 'fault', 0, leaderless)
  made.second(14, 'fault', 50, byN2)
  made.courses.healed('leader#1', origin + 15_000, true)
  made.second(15, 'recovery', 60)
  for (const second of seconds(16, 22)) made.second(second, 'baseline')
  made.courses.recovered('leader#1', 1_000)
  return made
}

test('the longest gap of the baselines before a fault is no sign of it', (t) => {
  const acksBack = (gapMs: number) => {
    const made = new Made()
    for (const second of seconds(0, 10)) made.second(second, 'baseline', second === 5 ? 0 : 100)
    made.begin('slow#1', 10)
    for (const second of seconds(10, 13)) made.second(second, 'fault', 100, {}, 2, second === 11 ? gapMs : undefined)
    made.courses.healed('slow#1', origin + 13_000, true)
    made.courses.end(origin + 13_000, origin + 13_000)
    return made.courses.recordOf('slow#1')!.acksBack
  }
  // A second without an ack, and the 10 ms to the last one before it.
  t.deepEqual(acksBack(1_010), { ms: 0 })
  t.deepEqual(acksBack(1_011), { ms: 1_500 })
})

test('what a fault left waiting is not what waited in calm: the next one is drained no sooner for it', (t) => {
  const made = new Made()
  made.hasCopy = true
  for (const second of seconds(0, 10)) made.second(second, 'baseline')
  for (const [id, from] of [
    ['cut#1', 10],
    ['cut#2', 30],
  ] as const) {
    made.begin(id, from)
    for (const second of seconds(from, from + 5)) made.second(second, 'fault', 100, {}, 500)
    made.courses.healed(id, origin + (from + 5) * 1_000, true)
    made.second(from + 5, 'recovery', 100, {}, 500)
    made.courses.recovered(id, 1_000)
    // All is well again, and what was queued arrives.
    for (const second of seconds(from + 6, from + 12)) made.second(second, 'baseline', 100, {}, 400)
    for (const second of seconds(from + 12, from + 20)) made.second(second, 'baseline', 100, {}, 3)
  }
  made.courses.end(origin + 50_000, origin + 50_000)
  const drained = { before: 2, peak: 500, drained: { ms: 7_100 } }
  t.deepEqual(made.courses.recordOf('cut#1')!.queues, { COPY: drained })
  t.deepEqual(made.courses.recordOf('cut#2')!.queues, { COPY: { ...drained, before: 3 } })
  t.deepEqual(made.courses.recordOf('cut#2')!.backlogs, { billing: { stream: 'S', ...drained, before: 3 } })
})

test('a fault from end to end: its record', (t) => {
  const made = killedLeader()
  t.is(made.courses.recordOf('leader#1'), undefined)
  made.courses.end(origin + 22_000, origin + 23_000)
  t.deepEqual(made.courses.recordOf('leader#1'), {
    detected: { ms: 5, sign: 'an operation failed' },
    acksBack: { ms: 4_000 },
    acksAfterHeal: { ms: 0 },
    ackStallMs: 10,
    longestAckGap: { ms: 4_010, from: 9_990 },
    newLeaders: { _meta_: { ms: 4_100 }, S: { ms: 4_100 } },
    throughput: { baseline: 100, during: 10, share: 0.1 },
    recovered: { ms: 1_000 },
    fullThroughput: { ms: 1_000 },
    backlogs: { billing: { stream: 'S', before: 2, peak: 80, drained: { ms: 1_100 } } },
    replicasCurrent: { ms: 600 },
  })
})

test('its metrics carry what was hit and where', (t) => {
  const made = killedLeader()
  made.courses.end(origin + 22_000, origin + 23_000)
  const tags = { phase: 'faults', fault: 'leader', node: 'n1' }
  const one = (metric: string, more: Record<string, string> = {}) => made.observe(metric, { ...tags, ...more })
  t.deepEqual(one('time_to_detect', { window: 'fault' }), { value: 5, samples: 1 })
  t.deepEqual(one('time_to_new_leader', { stream: 'S', window: 'fault' }), { value: 4_100, samples: 1 })
  t.deepEqual(one('fault_throughput', { window: 'fault' }), { value: 0.1, samples: 1 })
  t.deepEqual(one('recovery_time', { window: 'recovery' }), { value: 1_000, samples: 1 })
  t.deepEqual(one('backlog_peak', { consumer: 'billing' }), { value: 80, samples: 1 })
  t.deepEqual(one('time_to_drain', { consumer: 'billing' }), { value: 1_100, samples: 1 })
  t.deepEqual(one('time_to_replicas_current'), { value: 600, samples: 1 })
  t.deepEqual(one('ack_stall'), { value: 10, samples: 1 })
})

test('a fault that nobody felt has its samples too: it waited for nothing, and was not noticed', (t) => {
  const made = new Made()
  for (const second of seconds(0, 10)) made.second(second, 'baseline')
  made.begin('slow#1', 10)
  for (const second of seconds(10, 15)) made.second(second, 'fault')
  made.courses.healed('slow#1', origin + 15_000, true)
  for (const second of seconds(15, 21)) made.second(second, 'recovery')
  made.courses.recovered('slow#1', 0)
  made.courses.end(origin + 21_000, origin + 21_000)
  t.deepEqual(made.observe('time_to_ack'), { value: 0, samples: 1 })
  t.deepEqual(made.observe('time_to_new_leader'), { value: 0, samples: 2 })
  t.deepEqual(made.observe('ack_stall'), { value: 0, samples: 1 })
  t.deepEqual(made.observe('recovery_time'), { value: 0, samples: 1 })
  t.deepEqual(made.observe('time_to_full_throughput'), { value: 0, samples: 1 })
  t.deepEqual(made.observe('time_to_detect'), { value: Number.POSITIVE_INFINITY, samples: 1, waited: 11_000 })
  t.deepEqual(made.observe('time_to_replicas_current'), { value: undefined, samples: 0 })
})

test('the next fault ends the wait for what has not happened', (t) => {
  const made = new Made()
  for (const second of seconds(0, 10)) made.second(second, 'baseline')
  made.begin('a#1', 10)
  for (const second of seconds(10, 12)) made.second(second, 'fault', 0)
  made.courses.healed('a#1', origin + 12_000, true)
  for (const second of seconds(12, 16)) made.second(second, 'recovery', 0)
  made.begin('b#1', 16)
  for (const second of seconds(16, 18)) made.second(second, 'fault')
  const { recovered, acksBack, fullThroughput, longestAckGap } = made.courses.recordOf('a#1')!
  t.deepEqual(recovered, { notWithinMs: 4_000 })
  t.deepEqual(acksBack, { notWithinMs: 6_000 })
  t.deepEqual(fullThroughput, { notWithinMs: 4_000 })
  t.deepEqual(longestAckGap, { ms: 6_010, from: 9_990 })
  t.deepEqual(made.observe('recovery_time'), { value: Number.POSITIVE_INFINITY, samples: 1, waited: 4_000 })
})

test('a fault healed while another is in force has no recovery of its own, and one that could not be applied no record', (t) => {
  const made = new Made()
  for (const second of seconds(0, 10)) made.second(second, 'baseline')
  made.begin('a#1', 10)
  made.begin('b#1', 11)
  made.begin('c#1', 11)
  made.courses.drop('c#1')
  for (const second of seconds(10, 12)) made.second(second, 'fault')
  made.courses.healed('a#1', origin + 12_000, false)
  made.courses.healed('b#1', origin + 13_000, true)
  for (const second of seconds(12, 14)) made.second(second, 'recovery')
  made.courses.end(origin + 14_000, origin + 14_000)
  t.is(made.courses.recordOf('a#1')!.recovered, undefined)
  t.deepEqual(made.courses.recordOf('a#1')!.detected, { notWithinMs: 2_000 })
  t.deepEqual(made.courses.recordOf('b#1')!.recovered, { notWithinMs: 1_000 })
  t.is(made.courses.recordOf('c#1'), undefined)
  t.is(made.observe('recovery_time').samples, 1)
})

test('a run without acks has no metrics of acks, and one without a baseline none of throughput', (t) => {
  const made = new Made()
  made.begin('a#1', 0)
  made.courses.healed('a#1', origin + 1_000, true)
  made.courses.end(origin + 2_000, origin + 2_000)
  const record = made.courses.recordOf('a#1')!
  t.is(record.acksBack, undefined)
  t.is(record.throughput, undefined)
  t.is(record.fullThroughput, undefined)
  t.deepEqual(made.observe('time_to_ack'), { value: undefined, samples: 0 })
})

test('a client that loses its connection is a sign', (t) => {
  const made = new Made()
  for (const second of seconds(0, 10)) made.second(second, 'baseline')
  made.begin('cut#1', 10)
  const event = { kind: 'disconnect', client: 'publisher', detail: 'n2' } as const
  made.courses.event({ ...event, at: origin + 9_900 })
  made.courses.event({ ...event, at: origin + 10_003 })
  made.second(10, 'fault', 0)
  made.courses.end(origin + 11_000, origin + 11_000)
  t.deepEqual(made.courses.recordOf('cut#1')!.detected, { ms: 3, sign: 'publisher lost its connection to n2' })
})
