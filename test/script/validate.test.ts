import test from 'ava'
import { refusal } from './project.ts'

// All tests here are serial: a thread has one registry of custom metrics.

const head = `import { at, bandwidth, consumer, down, every, latency, responder, single, stream, subscription, trend } from 'squall'
export async function load() {}
`

/** A phase with these keys, on line 3. */
const phase = (keys: string) => `${head}export const phases = [{ name: 'steady', ${keys} }]\n`
const good = `${head}export const phases = [{ name: 'steady', duration: '10s', rate: 100, faults: [at('1s', down(), { for: '1s', name: 'cut' })] }]\n`

const bad: readonly [what: string, text: string, ...expected: (string | RegExp)[]][] = [
  // Exports.
  [
    'nothing but helpers',
    'export const helper = 1',
    'script.ts: the script exports no phases',
    'script.ts: the script exports no load',
  ],
  ['no phases', 'export function load() {}', 'script.ts: the script exports no phases; add: export const phases = [{'],
  [
    'no load',
    'export const phases = [{ name: "a", duration: 1000, rate: 1 }]',
    'script.ts: the script exports no load; add:',
  ],
  [
    'a load that is no function',
    good.replace('export async function load() {}', 'export const load = 5'),
    'script.ts:2:1: load is 5; it must be a function',
  ],
  [
    'a setup that is no function',
    `${good}export const setup = { a: 1 }`,
    'script.ts:4:1: setup is { a: 1 }; it must be a function',
  ],
  [
    'a slip in an export',
    `${good}export const treshold = {}`,
    'script.ts:4:1: the export treshold means nothing to Squall; did you mean thresholds?',
  ],
  [
    'phase for phases',
    `${head}export const phase = []`,
    'script.ts:3:1: the export phase means nothing to Squall; did you mean phases?',
  ],
  [
    'phases that are no list',
    `${head}export const phases = {}`,
    'script.ts:3:1: phases is {}; it must be a list of phases',
  ],
  ['no phase', `${head}export const phases = []`, 'script.ts:3:1: phases has 0 entries; it must have 1 to 1,000'],
  [
    'a phase that is none',
    `${head}export const phases = ['10s']`,
    'script.ts:3:24: phases[0] is "10s"; it must be an object',
  ],

  // Phases.
  [
    'a slip in a key',
    phase("duraton: '10s', rate: 1"),
    'script.ts:3:42: phases[0].duraton is not an option; did you mean duration?',
  ],
  ['a key like no other', phase("duration: '10s', rate: 1, colour: 'red'"), 'phases[0].colour is not an option;'],
  [
    'a bad duration',
    phase("duration: '10 sec', rate: 1"),
    'script.ts:3:42: phases[0].duration is "10 sec"; it must be a duration such as "250ms", "30s", "1h30m", or a number of milliseconds',
  ],
  ['zero duration', phase('duration: 0, rate: 1'), 'script.ts:3:42: phases[0].duration is 0; it must be longer than 0'],
  ['negative duration', phase('duration: -5, rate: 1'), 'phases[0].duration is -5; it must be a duration'],
  ['endless duration', phase("duration: '500h', rate: 1"), 'phases[0].duration is "500h"; it must be at most 20 days'],
  ['no duration', phase('rate: 1'), 'phases[0] has no duration'],
  [
    'infinite rate',
    phase("duration: '1s', rate: Infinity"),
    'script.ts:3:58: phases[0].rate is Infinity; it must be a rate such as 500 (a second), "500/s" or "30/m"',
  ],
  ['NaN rate', phase("duration: '1s', rate: NaN"), 'phases[0].rate is NaN; it must be a rate'],
  ['zero rate', phase("duration: '1s', rate: 0"), 'phases[0].rate is 0; it must be more than 0'],
  ['negative rate', phase("duration: '1s', rate: -1"), 'phases[0].rate is -1; it must not be negative'],
  [
    'a rate that no machine has',
    phase("duration: '1s', rate: 1e9"),
    'phases[0].rate is 1000000000; it must be at most 10,000,000 a second',
  ],
  [
    'a rate of nothing',
    phase("duration: '1s', rate: '5/fortnight'"),
    'phases[0].rate is "5/fortnight"; it must be a rate such as',
  ],
  [
    'no executor',
    phase("duration: '1s'"),
    'script.ts:3:24: phases[0] has no executor; it must have one of rate, stages, vus, iterations',
  ],
  ['two executors', phase("duration: '1s', rate: 5, vus: 5"), 'phases[0] has rate and vus; it must have only one of'],
  [
    'an option of another executor',
    phase("duration: '1s', rate: 5, thinkTime: '1s'"),
    'phases[0] has thinkTime, which does not go with rate',
  ],
  ['no stages', phase('stages: []'), 'phases[0].stages'],
  [
    'a stage that is wrong',
    phase("stages: [{ duration: '1s', target: 5 }, { duration: '1s', taget: 5 }]"),
    'phases[0].stages[1].taget is not an option; did you mean target?',
  ],
  ['stages that take no time', phase('stages: [{ duration: 0, target: 5 }]'), 'phases[0] has stages that take no time'],
  [
    'stages and another duration',
    phase("duration: '5s', stages: [{ duration: '1s', target: 5 }]"),
    'phases[0] has a duration of 5s, and stages of 1s in all',
  ],
  ['half a user', phase("duration: '1s', vus: 0.5"), 'phases[0].vus is 0.5; it must be a whole number from 1'],
  [
    'no name',
    `${head}export const phases = [{ duration: '1s', rate: 1 }]`,
    /phases\[0\]\.name is missing; it must be 1 to 64/,
  ],
  [
    'a name with a space',
    phase("duration: '1s', rate: 1").replace("'steady'", "'steady state'"),
    'script.ts:3:26: phases[0].name is "steady state"; it must be 1 to 64',
  ],
  [
    'two phases of one name',
    `${head}const a = { name: 'a', duration: 1000, rate: 1 }\nexport const phases = [a, { ...a }]`,
    'script.ts:4:27: phases[1] is named "a", as phases[0] is; names must differ',
  ],

  // Faults.
  [
    'an unknown link',
    phase("duration: '9s', rate: 1, faults: [at(0, down({ link: 'publisher' }))]"),
    /^script\.ts:3:\d+: phases\[0\]\.faults\[0\]\.fault\.link is "publisher"; there is no such link: did you mean "publishers"\?/,
  ],
  [
    'a link like no other',
    phase("duration: '9s', rate: 1, faults: [at(0, down({ link: 'moon' }))]"),
    'single() has clients, publishers, n1, consumers, publishers-n1, consumers-n1',
  ],
  [
    'a fault after the end',
    phase("duration: '9s', rate: 1, faults: [at('9s', down())]"),
    'phases[0].faults[0] would first fire at 9s, but phase "steady" lasts 9s',
  ],
  [
    'a fault that overlaps itself',
    phase("duration: '9s', rate: 1, faults: [every('2s', down(), { for: '2s' })]"),
    'phases[0].faults[0] stays for 2s every 2s, and would overlap itself',
  ],
  [
    'a fault that is not on the timeline',
    phase("duration: '9s', rate: 1, faults: [down()]"),
    'it must be made by at() or every()',
  ],
  [
    'a slip in a fault',
    phase("duration: '9s', rate: 1, faults: [at(0, latency({ dely: 5 }))]"),
    'phases[0].faults[0].fault.dely is not an option; did you mean delay?',
  ],
  [
    'a bad value in a fault',
    phase("duration: '9s', rate: 1, faults: [at(0, bandwidth({ rate: 'fast' }))]"),
    'phases[0].faults[0].fault.rate is "fast"; it must be a rate such as "100KB/s"',
  ],
  [
    'a slip in a timing',
    phase("duration: '9s', rate: 1, faults: [at(0, down(), { fr: '1s' })]"),
    'phases[0].faults[0].fr is not an option; did you mean for?',
  ],
  [
    'too many firings',
    phase("duration: '9h', rate: 1, faults: [every('2ms', down(), { for: '1ms' })]"),
    'more than 10,000 firings in all',
  ],

  // Assets and topology.
  [
    'an unknown stream',
    `${good}export const streams = [stream('ORDERS', { subjects: ['orders.>'] })]\nexport const consumers = [consumer('billing', { stream: 'ORDER' })]`,
    'consumers[0].stream is "ORDER"; did you mean "ORDERS"?',
  ],
  [
    'a consumer without streams',
    `${good}export const consumers = [consumer('billing', { stream: 'ORDERS' })]`,
    'consumers[0].stream is "ORDERS"; the script declares no streams',
  ],
  [
    'a stream without subjects',
    `${good}export const streams = [stream('ORDERS', { subjects: [] })]`,
    /^script\.ts:4:\d+: streams\[0\]\.subjects/,
  ],
  [
    'a subject that is none',
    `${good}export const streams = [stream('ORDERS', { subjects: ['orders.>.x'] })]`,
    'streams[0].subjects[0] is "orders.>.x"; it must be a subject such as',
  ],
  [
    'a stream name with a dot',
    `${good}export const streams = [stream('ORDERS.A', { subjects: ['a'] })]`,
    'streams[0].name is "ORDERS.A"; it must be 1 to 64',
  ],
  [
    'two streams of one name',
    `${good}export const streams = [stream('A', { subjects: ['a'] }), stream('A', { subjects: ['b'] })]`,
    'streams[1] is named "A", as streams[0] is; names must differ',
  ],
  [
    'streams that overlap',
    `${good}export const streams = [stream('A', { subjects: ['x.*'] }), stream('B', { subjects: ['x.y'] })]`,
    'streams[1]',
    'x.*',
    'x.y',
  ],
  [
    'a stream that would take in what servers say',
    `${good}export const streams = [stream('A', { subjects: ['a', '*.y'] })]`,
    `streams[0].subjects[1] is "*.y", which takes in subjects of the servers' own ($JS and $SYS)`,
  ],
  [
    'a region where there are none',
    `${good}export const streams = [stream('A', { subjects: ['a'], region: 'b' })]`,
    'streams[0].region is "b"; there is no such region: single() has none; regions() makes some',
  ],
  [
    'an unknown region, and more replicas than a region has servers',
    `${good.replace('import {', 'import { regions,')}export const topology = regions({ a: { nodes: 3 }, b: { nodes: 1 } })
export const streams = [
  stream('A', { subjects: ['a'], region: 'west' }),
  stream('B', { subjects: ['b'], region: 'b', replicas: 3 }),
]
export const consumers = [consumer('one', { stream: 'B', region: 'east' })]`,
    'streams[0].region is "west"; there is no such region: there are a, b',
    'streams[1].replicas is 3; region b has 1 server',
    'consumers[0].region is "east"; there is no such region: there are a, b',
  ],
  [
    'failover to nowhere, and to where it is',
    `${good.replace('import {', 'import { regions,')}export const topology = regions({ a: { failover: 'a' }, b: { failover: 'east' }, c: {} })
export const streams = [stream('A', { subjects: ['a'] })]`,
    'topology.regions.a.failover is "a"; that is where it is; it must be another region, or true',
    'topology.regions.b.failover is "east"; there is no such region: there are a, b, c',
  ],
  [
    'consumers that fail over to nowhere',
    `${good.replace('import {', 'import { regions,')}export const topology = regions({ a: {}, b: {} })
export const streams = [stream('A', { subjects: ['a'] })]
export const consumers = [
  consumer('one', { stream: 'A', failover: 'a' }),
  consumer('two', { stream: 'A', failover: 'east' }),
  consumer('three', { stream: 'A', failover: 3 as never }),
]`,
    'consumers[0].failover is "a"; that is where it is; it must be another region, or true',
    'consumers[1].failover is "east"; there is no such region: there are a, b',
    'consumers[2].failover is 3; it must be the name of another region, or true for all others in their order',
  ],
  [
    'failover where there are no regions',
    `${good}export const streams = [stream('A', { subjects: ['a'] })]
export const consumers = [consumer('one', { stream: 'A', failover: true })]`,
    'consumers[0].failover is true; the topology has no regions; regions() makes some',
  ],
  [
    'mappings of a region that can not be',
    `${good.replace('import {', 'import { regions,')}export const topology = regions({
  a: {
    mappings: {
      'orders.*': 'orders.$1',
      'orders.>': 'eu.>',
      '_INBOX.>': 'eu.>',
      '>': 'eu.>',
      'a b': 'eu.a',
      'c.*': '_INBOX.$1',
    },
  },
  b: { mappings: { 'a.*': 'eu.$2', 'b.>': 'eu.all', 'c.*.*': 'eu.$2.$1', 'd.*': '$JS.API.$1', 'e.*': 'a.$1' } },
})`,
    /script\.ts:\d+:7: topology\.regions\.a\.mappings\["orders\.\*"\] is "orders\.\$1", which is the same subject/,
    'mappings["orders.>"] overlaps with "orders.*", and servers differ in which of both they take; no subject may fit two of them',
    'mappings["_INBOX.>"] takes in subjects on which servers and clients talk among themselves',
    'mappings[">"] takes in subjects on which servers and clients talk among themselves',
    'mappings["a b"] maps what is no subject; it must be one such as',
    /script\.ts:\d+:20: topology\.regions\.b\.mappings\["a\.\*"\] is "eu\.\$2"; it must name one of the 1 wildcards/,
    'mappings["b.>"] is "eu.all"; it must end in ">"',
    'mappings["d.*"] is "$JS.API.$1"; it must be made of words',
  ],
  [
    'mappings that are none',
    `${good.replace('import {', 'import { regions,')}export const topology = regions({
  a: { mappings: ['orders.*'] as never },
  b: { mappings: { 'orders.*': 3 as never } },
})`,
    "topology.regions.a.mappings is [ 'orders.*' ]; it must say a subject for each pattern, such as",
    "topology.regions.b.mappings is { 'orders.*': 3 }; it must say a subject for each pattern",
  ],
  [
    'copies that can not be',
    `${good}export const streams = [
  stream('A', { subjects: ['a'] }),
  stream('B', { mirror: { stream: 'B' } }),
  stream('C', { sources: [{ stream: 'A' }, { stream: 'PAYMENTS' }, { stream: 'D' }] }),
  stream('D', { sources: [{ stream: 'C' }] }),
]`,
    'streams[1].mirror.stream is "B"; a stream can not copy itself',
    'streams[2].sources[1].stream is "PAYMENTS"; the script declares A, B, C, D',
    'streams[2].sources[2].stream is "D"; that is itself a copy of "C": a message would go round in a circle',
    'streams[3].sources[0].stream is "C"; that is itself a copy of "D": a message would go round in a circle',
  ],
  [
    'copies with filters and mappings that can not be',
    `${good}export const streams = [
  stream('A', { subjects: ['a.>'] }),
  stream('B', { sources: [{ stream: 'A', filter: 'b.>' }, { stream: 'A' }] }),
  stream('C', { mirror: { stream: 'A', filter: 'a.*', to: 'c.>' } }),
  stream('D', { mirror: { stream: 'A', filter: 'a.*', to: 'c.$2' } }),
]`,
    'streams[1].sources[0].filter is "b.>"; stream "A" holds nothing of it: it takes a.>',
    'streams[1].sources[1].stream is "A"; the copy takes it already; one stream is one source',
    'streams[2].mirror.to is "c.>"; it must not end in ">", as its filter "a.*" does not',
    'streams[3].mirror.to is "c.$2"; it must name one of the 1 wildcards "*" of its filter "a.*", and $2 is none of them',
  ],
  [
    'a stream of nothing, and copies with subjects or limits',
    `${good}export const streams = [
  stream('A', { replicas: 1 } as never),
  stream('B', { subjects: ['b'], mirror: { stream: 'A' } } as never),
  stream('C', { maxMessages: 5, mirror: { stream: 'A' } }),
]`,
    'streams[0] has no subjects',
    'streams[1] is a copy and has subjects',
    'streams[2] is a copy, which is held against its origin to the last message',
  ],
  [
    'more replicas than servers',
    `${good}export const streams = [stream('A', { subjects: ['a'], replicas: 3 })]`,
    'streams[0].replicas is 3; the topology has 1 server',
  ],
  [
    'members without a queue',
    `${good}export const consumers = [subscription('s', { subject: 'a', members: 2 })]`,
    'consumers[0] has several members and no queue',
  ],
  [
    'a consumer that no builder made',
    `${good}export const consumers = [{ name: 'a' }]`,
    "consumers[0] is { name: 'a' }; it must be made by consumer(), subscription() or responder()",
  ],
  [
    'a handler that is no function',
    `${good}export const consumers = [responder('r', { subject: 'a', handler: 5 })]`,
    'consumers[0].handler is 5; it must be a function',
  ],
  [
    'a topology that is none',
    `${good}export const topology = 'single'`,
    'topology is "single"; it must be made by single() or cluster()',
  ],
  [
    'a slip in the topology',
    `${good}export const topology = single({ maxPaylod: 5 })`,
    'topology.maxPaylod is not an option; did you mean maxPayload?',
  ],

  // Thresholds.
  [
    'a slip in a metric',
    `${good}export const thresholds = { publish_latncy: 'p99 < 5ms' }`,
    'script.ts:4:29: thresholds: there is no metric publish_latncy; did you mean publish_latency?',
  ],
  [
    'an aggregation that the metric has not',
    `${good}export const thresholds = { lost: ['p99 < 5'] }`,
    /"p99" in .*lost.* counter.* has count, rate/,
  ],
  [
    'an unknown phase',
    `${good}export const thresholds = { 'lost{phase:stead}': 'count == 0' }`,
    'lost{phase:stead}: there is no phase "stead"; did you mean "steady"?',
  ],
  [
    'an unknown fault',
    `${good}export const thresholds = { 'lost{fault:slow}': 'count == 0' }`,
    'there is no fault "slow"; the script has cut',
  ],
  [
    'an unknown window',
    `${good}export const thresholds = { 'lost{window:storm}': 'count == 0' }`,
    'there is no window "storm"; the script has baseline, fault, recovery',
  ],
  [
    'an unknown stream of what is observed',
    `${good}export const streams = [stream('ORDERS', { subjects: ['o'] })]
export const thresholds = { 'quorum{stream:ORDER}': 'rate > 90%', 'lost{stream:any}': 'count == 0' }`,
    'quorum{stream:ORDER}: there is no stream "ORDER"; did you mean "ORDERS"?',
  ],
  [
    'an unknown node of what is observed',
    `${good}export const thresholds = { 'node_up{node:n4}': 'rate == 1' }`,
    'there is no node "n4"; did you mean "n1"?',
  ],
  [
    'regions of what is observed that there are not, or that are in the other order',
    `${good.replace('import {', 'import { regions,')}export const topology = regions({ a: {}, b: {} })
export const thresholds = {
  'region_connected{between:b-a}': 'rate > 90%',
  'publish_throughput{region:c}': 'p50 > 1',
  'quorum{stream:_meta_}': 'rate > 90%',
  'leader_changes{stream:_meta_:b}': 'count < 5',
}`,
    'region_connected{between:b-a}: there is no pair of regions "b-a"; the script has a-b',
    'publish_throughput{region:c}: there is no region "c"; did you mean "a"?',
    'quorum{stream:_meta_}: there is no stream "_meta_"; did you mean "_meta_:',
  ],
  [
    'a slip in a tag',
    `${good}export const thresholds = { 'lost{phas:steady}': 'count == 0' }`,
    'there is no tag phas; did you mean phase?',
  ],
  [
    'a slip in an option',
    `${good}export const thresholds = { lost: { threshold: 'count == 0', abortOnFial: true } }`,
    'abortOnFial is not an option; did you mean abortOnFail?',
  ],
  [
    'a limit that is none',
    `${good}export const thresholds = { publish_latency: ['p99 < soon'] }`,
    /"soon" in "p99 < soon" is .* limit.*write it like/,
  ],
  [
    'thresholds that are a list',
    `${good}export const thresholds = ['p99 < 5ms']`,
    'it must be an object such as { publish_latency',
  ],
]

for (const [what, text, ...expected] of bad) {
  test.serial(`refused: ${what}`, async (t) => {
    const said = await refusal(t, text)
    for (const part of expected) typeof part === 'string' ? t.true(said.includes(part), said) : t.regex(said, part)
  })
}

test.serial('everything that is wrong is told at once, each on a line of its own', async (t) => {
  const said = await refusal(
    t,
    `${head}
export const phases = [
  { name: 'a', duration: '1 s', rate: 1 },
  { name: 'b', duration: '1s', rate: NaN },
]
export const consumers = [consumer('billing', { stream: 'ORDERS', bach: 5 })]
export const thresholds = {
  publish_latency: ['p99 < 5ms', 'p98 <> 5'],
  lots: 'count == 0',
}
`,
  )
  const lines = said.split('\n').map((line) => /^script\.ts:(\d+):\d+: /.exec(line)?.[1])
  t.deepEqual(lines, ['5', '6', '8', '10', '11'], said)
})

test.serial('of very many problems some are told and the rest is counted', async (t) => {
  const said = await refusal(
    t,
    `${head}export const phases = Array.from({ length: 500 }, (_, index) => ({ name: \`p\${index}\`, duration: 0, rate: 1 }))`,
  )
  const lines = said.split('\n')
  t.true(lines.length <= 25)
  t.regex(lines.at(-1)!, /… and 4\d\d more/)
})

test.serial('10⁶ phases are refused at once, by their number', async (t) => {
  const said = await refusal(
    t,
    `${head}export const phases = Array.from({ length: 1e6 }, (_, index) => ({ name: \`p\${index}\`, duration: '1s', rate: 1 }))`,
  )
  t.is(said, 'script.ts:3:1: phases has 1,000,000 entries; it must have 1 to 1,000')
})

test.serial('a value is shown as it was written, cut short, whatever it is', async (t) => {
  const said = await refusal(
    t,
    `${head}
const loop: any = {}
loop.loop = loop
export const phases = [
  { name: 'a', duration: 'x'.repeat(1_000), rate: 1 },
  { name: 'b', duration: loop, rate: 1 },
  { name: 'c', duration: 5n, rate: 1 },
  { name: 'd', duration: () => 5, rate: 1 },
  { name: 'e', duration: null, rate: 1 },
]
`,
  )
  for (const line of said.split('\n')) t.true(line.length < 250)
  for (const part of ['"xxx', '5n', 'a function', 'null']) t.true(said.includes(`duration is ${part}`), said)
})

// Where the line of a value can't be told, there must be no line, or that of what it stands in: never another one.

test.serial('a key that stands in the script twice is found where it is wrong', async (t) => {
  const said = await refusal(
    t,
    `${head}
export const phases = [
  { name: 'a', duration: '1s', rate: 1 },
  // duration: 'nonsense'
  { name: 'b', duration: 'nonsense', rate: 1 },
]
`,
  )
  t.regex(said, /^script\.ts:7:16: phases\[1\]\.duration/)
})

test.serial('phases that are computed are found at their export', async (t) => {
  const said = await refusal(
    t,
    `${head}
const names = ['a', 'b']
export const phases = names.map((name) => ({ name, duration: '1 s', rate: 1 }))
`,
  )
  for (const line of said.split('\n')) t.regex(line, /^script\.ts:5:\d+: phases\[[01]\]\.duration/)
})

test.serial('a value that comes from a variable is not looked for elsewhere', async (t) => {
  const said = await refusal(
    t,
    `${head}
const other = { name: 'x', duration: '1 s' }
const first = { ...other, name: 'a', rate: 1 }
export const phases = [
  first,
]
`,
  )
  t.regex(said, /^script\.ts:(6|7)(:\d+)?: phases\[0\]\.duration/)
})

test.serial('what a builder made is found at its call, in an imported file too', async (t) => {
  const said = await refusal(t, {
    'script.ts': `import { streams } from './assets.ts'
export { streams }
export const phases = [{ name: 'a', duration: '1s', rate: 1 }]
export function load() {}
`,
    'assets.ts': `import { stream } from 'squall'
interface Unused { a: string }

export const streams = [
  stream('ORDERS', {
    subjects: ['orders'],
    replicas: 0.5,
  }),
]
`,
  })
  t.regex(said, /^assets\.ts:(5|7):\d+: streams\[0\]\.replicas is 0\.5/)
})

test.serial('a getter that throws is a problem of the script', async (t) => {
  const said = await refusal(
    t,
    `${head}
export const phases = [{ name: 'a', duration: '1s', get rate() { throw new Error('no') } }]
`,
  )
  t.regex(said, /^script\.ts:4:\d+: .*could not be read: no/)
})

test.serial('a phase that the time scale makes too short for anything is refused', async (t) => {
  const said = await refusal(t, phase("duration: '1s', rate: 1"), { timeScale: 1e-4 })
  t.regex(said, /phases\[0\] lasts .* at time scale 0\.0001/)
})
