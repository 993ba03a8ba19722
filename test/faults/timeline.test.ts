import test from 'ava'
import * as v from 'valibot'
import {
  at,
  bandwidth,
  blackhole,
  down,
  every,
  type Fault,
  type FaultTiming,
  latency,
  limitData,
  maxOccurrences,
  type Occurrence,
  OccurrenceNames,
  occurrencesOf,
  resetPeer,
  slicer,
  slowClose,
  timingSchema,
} from '../../lib/faults/index.ts'

/** The firings of the faults of one phase, in the order in which they are declared; `phaseMs` is not scaled. */
function firings(timings: readonly FaultTiming[], phaseMs: number, scale = 1): Occurrence[] {
  const names = new OccurrenceNames(timings.map(({ name }) => name))
  return timings.flatMap((timing) => occurrencesOf(v.parse(timingSchema, timing), phaseMs, scale, names))
}

const times = (occurrences: readonly Occurrence[]) => occurrences.map(({ atMs }) => atMs)

test('at fires once, and stays to the end of the phase when it does not say for how long', (t) => {
  const [first, second] = firings([at('2s', down(), { for: '500ms' }), at(0, down())], 10_000)
  t.like(first, { id: 'down#1', name: 'down', atMs: 2_000, forMs: 500, fault: { kind: 'down', link: 'clients' } })
  t.like(second, { id: 'down-2#1', name: 'down-2', atMs: 0, forMs: null })
})

test('every fires each period, first after one, and never at the end of the phase or later', (t) => {
  t.deepEqual(times(firings([every('10s', down(), { for: '2s' })], 35_000)), [10_000, 20_000, 30_000])
  t.deepEqual(times(firings([every('10s', down(), { for: '2s' })], 30_000)), [10_000, 20_000])
  t.deepEqual(times(firings([every('10s', down(), { for: '2s' })], 30_001)), [10_000, 20_000, 30_000])
  t.deepEqual(times(firings([every('10s', down(), { for: '2s' })], 10_000)), [])
})

test('every may start earlier or later, and stop after so many', (t) => {
  t.deepEqual(times(firings([every('10s', down(), { for: '2s', start: 0 })], 25_000)), [0, 10_000, 20_000])
  t.deepEqual(times(firings([every('10s', down(), { for: '2s', start: '24s' })], 40_000)), [24_000, 34_000])
  t.deepEqual(times(firings([every('10s', down(), { for: '2s', times: 2 })], 60_000)), [10_000, 20_000])
})

test('the firings of one every share a name and have ids of their own', (t) => {
  const occurrences = firings([every('1s', latency({ delay: 5 }), { for: '100ms', name: 'slow' })], 3_500)
  t.deepEqual(
    occurrences.map(({ id, name }) => [id, name]),
    [
      ['slow#1', 'slow'],
      ['slow#2', 'slow'],
      ['slow#3', 'slow'],
    ],
  )
})

test('the time scale is applied to when and how long, and not to what the fault does or how often', (t) => {
  const scaled = firings([every('10s', latency({ delay: '50ms' }), { for: '2s' }), at('5s', down())], 50_000, 0.02)
  t.deepEqual(times(scaled), [200, 400, 600, 800, 100])
  t.like(scaled[0], { forMs: 40, fault: { delayMs: 50 } })
  // 1.1 × 3 is more than 3.3, and would make room for a firing at the very end.
  t.is(firings([every('1s', down(), { for: 1 })], 3_000, 1.1).length, 2)
})

test('names come from kind and link, and differ in all of the plan', (t) => {
  const declared = [
    latency({ delay: 1 }),
    latency({ delay: 2 }),
    latency({ delay: 3, link: 'publishers' }),
    latency({ delay: 4, link: 'publishers' }),
    latency({ delay: 5 }),
    down(),
  ]
  const occurrences = firings(
    declared.map((fault) => at(0, fault)),
    1_000,
  )
  t.deepEqual(
    occurrences.map(({ name }) => name),
    ['latency', 'latency-2', 'latency:publishers', 'latency:publishers-2', 'latency-3', 'down'],
  )
})

test('a name that was given is kept, and two faults may share it on purpose', (t) => {
  const shared = firings([at(0, down(), { name: 'cut' }), at('1s', blackhole(), { name: 'cut' })], 2_000)
  t.deepEqual(
    shared.map(({ id, name }) => [id, name]),
    [
      ['cut#1', 'cut'],
      ['cut#2', 'cut'],
    ],
  )
})

test('a name from kind and link is never one that was given to another fault, earlier or later', (t) => {
  const occurrences = firings(
    [
      at(0, blackhole(), { name: 'down' }),
      at('1s', down()),
      at(0, latency({ delay: 1 })),
      at(0, down(), { name: 'latency' }),
    ],
    2_000,
  )
  t.deepEqual(
    occurrences.map(({ name }) => name),
    ['down', 'down-2', 'latency-2', 'latency'],
  )
})

test('a period that is a slip of a unit makes one firing more than allowed, and not a million', (t) => {
  t.is(firings([every('1ms', down(), { for: '0.5ms' })], 3_600_000).length, maxOccurrences + 1)
})

const usual = { link: 'clients', stream: 'downstream', toxicity: 1 } as const

const faults: readonly [label: string, timing: FaultTiming, fault: Fault][] = [
  ['latency', at(0, latency({ delay: '50ms' })), { kind: 'latency', ...usual, delayMs: 50, jitterMs: 0 }],
  [
    'latency with everything',
    at(0, latency({ delay: '50ms', jitter: 5, link: 'consumers', stream: 'both', toxicity: 0.5 })),
    { kind: 'latency', link: 'consumers', stream: 'both', toxicity: 0.5, delayMs: 50, jitterMs: 5 },
  ],
  ['bandwidth', at(0, bandwidth({ rate: '100KB/s' })), { kind: 'bandwidth', ...usual, kilobytesPerSecond: 100 }],
  [
    'bandwidth in MiB',
    at(0, bandwidth({ rate: '1MiB/s' })),
    { kind: 'bandwidth', ...usual, kilobytesPerSecond: 1_048.576 },
  ],
  ['bandwidth as a number', at(0, bandwidth({ rate: 64 })), { kind: 'bandwidth', ...usual, kilobytesPerSecond: 64 }],
  [
    'slicer',
    at(0, slicer({ averageSize: '1KB', sizeVariation: 100, delay: '2ms' })),
    { kind: 'slicer', ...usual, averageSize: 1_000, sizeVariation: 100, delayUs: 2_000 },
  ],
  ['slowClose', at(0, slowClose({ delay: '1s' })), { kind: 'slowClose', ...usual, delayMs: 1_000 }],
  ['limitData', at(0, limitData({ bytes: '4KiB' })), { kind: 'limitData', ...usual, bytes: 4_096 }],
  ['resetPeer', at(0, resetPeer()), { kind: 'resetPeer', ...usual, afterMs: 0 }],
  ['resetPeer later', at(0, resetPeer({ after: '3s' })), { kind: 'resetPeer', ...usual, afterMs: 3_000 }],
  ['blackhole', at(0, blackhole()), { kind: 'blackhole', link: 'clients', stream: 'both', toxicity: 1, mode: 'drop' }],
  [
    'blackhole one way',
    at(0, blackhole({ mode: 'stall', stream: 'upstream' })),
    { kind: 'blackhole', link: 'clients', stream: 'upstream', toxicity: 1, mode: 'stall' },
  ],
  ['down', at(0, down({ link: 'publishers-n1' })), { kind: 'down', link: 'publishers-n1' }],
]

for (const [label, timing, fault] of faults) {
  test(`${label} as the plan has it`, (t) => {
    t.deepEqual(v.parse(timingSchema, timing).fault, fault)
  })
}

// What untyped scripts can say; each must be refused by the schema, in words.
const bad: readonly [label: string, timing: unknown, message: RegExp][] = [
  ['a time that is none', at('ten seconds', down()), /a duration such as/],
  ['a negative time', at(-1, down()), /a duration such as/],
  ['NaN', at(Number.NaN, down()), /a duration such as/],
  ['no time at all', at(0, down(), { for: 0 }), /longer than 0/],
  ['a period of 0', every(0, down(), { for: '1s' }), /longer than 0/],
  ['a fault that overlaps itself', every('2s', down(), { for: '2s' }), /overlap itself/],
  ['times 0', every('2s', down(), { for: '1s', times: 0 }), /whole number from 1/],
  ['every without for', every('2s', down(), {} as { for: string }), /a duration such as/],
  ['no fault', at(0, 'down' as unknown as ReturnType<typeof down>), /must be a fault, such as/],
  ['a fault of no known kind', at(0, { kind: 'meteor' } as unknown as ReturnType<typeof down>), /must be a fault/],
  ['a fault that is not on a timeline', down(), /must be made by at\(\) or every\(\)/],
  ['more jitter than delay', at(0, latency({ delay: 5, jitter: 6 })), /more jitter than delay/],
  ['toxicity above 1', at(0, latency({ delay: 5, toxicity: 1.5 })), /share from 0 to 1/],
  ['a stream that is none', at(0, latency({ delay: 5, stream: 'sideways' as 'both' })), /"upstream" or "downstream"/],
  ['a rate without /s', at(0, bandwidth({ rate: '100KB' })), /"100KB\/s"/],
  ['an infinite rate', at(0, bandwidth({ rate: Number.POSITIVE_INFINITY })), /"100KB\/s"/],
  ['slices of nothing', at(0, slicer({ averageSize: 0 })), /at least 1 byte/],
  ['slices that vary by all', at(0, slicer({ averageSize: 5, sizeVariation: 5 })), /not below its averageSize/],
  ['a mode that is none', at(0, blackhole({ mode: 'hold' as 'stall' })), /"drop" or "stall"/],
  ['a name with a space', at(0, down(), { name: 'the cut' }), /1 to 64/],
  ['a link that is no name', at(0, down({ link: 5 as unknown as string })), /name of a link/],
]

for (const [label, timing, message] of bad) {
  test(`refused: ${label}`, (t) => {
    const { issues } = v.safeParse(timingSchema, timing)
    t.truthy(issues)
    t.regex(issues!.map((issue) => issue.message).join('\n'), message)
  })
}
