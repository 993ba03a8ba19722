import test from 'ava'
import { type Report, renderSummary } from '../../../lib/report/index.ts'
import { textWidth } from '../../../lib/report/terminal/text.ts'
import { clusterFaults, clusterReport, outages } from '../cluster-fixture.ts'
import { fixtureReport, steady } from '../fixture.ts'
import { golden } from '../golden.ts'

const plain = (report: Report, width = 100) => renderSummary(report, { colour: false, width })
/** The text with its line breaks taken back. */
const flat = (report: Report) => plain(report).replace(/\s+/g, ' ')

for (const width of [100, 60]) {
  test(`a cluster's summary at ${width} columns`, (t) =>
    golden(t, `cluster-${width}.txt`, plain(clusterReport(), width)))
}

test('a single server that did well is not spoken of, nor one that nobody watched', (t) => {
  t.false(plain(fixtureReport()).includes('Servers'))
  const { observed: _, ...unwatched } = fixtureReport()
  t.false(plain(unwatched).includes('Servers'))
})

test('a single server that had trouble is', (t) => {
  const { observed } = fixtureReport()
  const down = { ...observed!, availability: { n1: outages([12, 14]) } }
  t.regex(plain(fixtureReport({ observed: down })), /^Servers .*\n {2}n1 +95% +1 +2s +2s /m)
  const mute = { ...observed!, quorum: { ORDERS: outages([12, 14]) } }
  t.regex(plain(fixtureReport({ observed: mute })), /^Quorum .*\n {2}ORDERS +95% +1 +2s /m)
})

test('a short outage is never rounded to 100%', (t) => {
  const almost = { ...outages([12, 13]), share: 0.999_999 }
  t.regex(plain(clusterReport({ availability: { n1: almost, n2: steady } })), /^ {2}n1 +99\.99% +1 +1s /m)
})

test('quorum that was lost and came back needs nobody', (t) => {
  t.false(plain(clusterReport()).includes('manual intervention'))
})

test('quorum that was still lost at the end needs someone, who is told what to do', (t) => {
  const quorum = { _meta_: steady, ORDERS: outages([15, 19], [30]) }
  const down = clusterReport({ quorum, availability: { n1: steady, n2: outages([30]), n3: outages([29.5]) } })
  t.regex(plain(down), /^ {2}ORDERS +65% +2 +10s /m)
  const needed = '✗ manual intervention needed: ORDERS without quorum since 30s;'
  const down30 = 'n2 down since 30s, n3 down since 29.5s: start them until more than half of its peers answer'
  t.true(flat(down).includes(`${needed} ${down30}`))
  t.true(flat(clusterReport({ quorum })).includes('all of its peers answer, so look at the routes between them'))
})

test('only the nodes that are peers of a stream are asked for', (t) => {
  const trouble = { group: 'ORDERS', from: 30_000, down: ['n2'], whatToDo: 'start n2' }
  const report = clusterReport({
    quorum: { ORDERS: outages([30]) },
    availability: { n1: steady, n2: outages([30]), n4: outages([20]) },
    interventions: [trouble],
  })
  t.true(
    flat(report).includes('ORDERS without quorum since 30s; n2 down since 30s: start it until more than half of its'),
  )
})

test('of a run that was ended early it is not said that someone is needed', (t) => {
  const result = { verdict: 'interrupted', exitCode: 105, reasons: ['interrupted'] } as const
  const text = plain({ ...clusterReport({ quorum: { ORDERS: outages([30]) } }), result })
  t.true(text.includes('\n  ✗ when the run was ended: ORDERS without quorum since 30s\n'))
  t.false(text.includes('manual intervention'))
})

test('a node that was down at the end, with quorum held', (t) => {
  const text = plain(clusterReport({ availability: { n1: steady, n2: outages([30]), n3: steady } }))
  t.true(text.includes('\n  ✗ when the run ended: n2 down since 30s\n'))
  t.false(text.includes('manual intervention'))
})

test('a suspected leak comes with its numbers', (t) => {
  const report = clusterReport({
    leaks: [
      { process: 'n1', resource: 'rssBytes', baseline: 50e6, recovery: 180e6, limit: 108_554_432 },
      { process: 'runner', resource: 'fds', baseline: 40, recovery: 1_060, limit: 50 },
    ],
  })
  const text = flat(report)
  t.true(
    text.includes('! n1 may leak memory: 180MB at the end, 50MB before the faults; up to 109MB is not called a leak'),
  )
  t.true(text.includes('! runner may leak open files: 1,060 at the end, 40 before the faults; up to 50 is'))
})

test('of many leader changes the last ones are shown', (t) => {
  const change = { group: 'ORDERS', from: 'n1', to: 'n2' }
  const leaderChanges = Array.from({ length: 9 }, (_, index) => ({ ...change, at: index * 1_000 }))
  const text = plain(clusterReport({ leaderChanges }))
  t.true(text.includes('last leader changes: ORDERS n1 → n2 at 6s · ORDERS n1 → n2 at 7s · ORDERS n1 → n2 at 8s\n'))
  t.regex(text, /^ {2}ORDERS .* 9 +10s$/m)
})

test('long names and lists are cut', (t) => {
  const long = '消費者-🚀-'.repeat(12)
  const many = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`${long}${index}`, outages([30])]))
  const change = { group: long, from: long, to: long, at: 1_000 }
  const report = clusterReport({ availability: many, quorum: many, replication: many, leaderChanges: [change, change] })
  for (const width of [120, 80, 60]) {
    const text = plain(report, width)
    t.deepEqual(
      text.split('\n').filter((line) => textWidth(line) > width),
      [],
    )
    t.true(text.includes('… and 31 more servers in the report'))
    t.true(text.includes('… and 34 more groups in the report'))
    t.true(text.includes('… and 36 more groups without quorum'))
  }
})

test('quorum that came back only with the heal says when, who was down, and what to do', (t) => {
  const one = { from: 15_000, down: ['n1', 'n2'], whatToDo: 'start n1, n2' }
  const interventions = [
    { group: 'ORDERS', ...one, to: 23_000 },
    { group: '_meta_', ...one },
  ]
  const text = plain(clusterReport({ interventions }), 200)
  t.true(
    text.includes(
      'needed, had the faults not been healed: ORDERS without quorum from 15s to 23s, n1, n2 down; start n1, n2',
    ),
  )
  t.false(text.includes('_meta_ without quorum'))
})

test('a fault says what its target was, where its words do not', (t) => {
  const [leader] = clusterFaults
  const named = { ...leader!, fault: { ...leader!.fault, target: { kind: 'node', name: 'n2' } } } as typeof leader
  const text = plain({ ...clusterReport(), faults: [leader!, { ...named!, id: 'leader#2' }] })
  t.regex(text, /leader#1 +kill leaderOf\(ORDERS\) → n2 +15s +20s\n/)
  t.regex(text, /leader#2 +kill n2 +15s /)
})
