import test from 'ava'
import { plan, refusal } from '../script/project.ts'

// All tests here are serial: a thread has one registry of custom metrics.

/** Faults of one phase, on `cluster()` unless told otherwise. */
const script = (faults: string, topology = 'cluster()') => `
import { allNodes, anyOf, at, cluster, consumer, consumerLeaderOf, halves, isolate, kill, leaderOf, majoritiesRing, majority, minority, node, oneWay, pause, single, stream } from 'squall'
export const topology = ${topology}
export const streams = [stream('ORDERS', { subjects: ['orders.>'], replicas: topology.kind === 'cluster' ? 3 : 1 })]
export const consumers = [consumer('billing', { stream: 'ORDERS' })]
export const phases = [{ name: 'steady', duration: '10s', rate: 100, faults: [${faults}] }]
export async function load() {}
`

const bad: readonly [what: string, text: string, expected: string][] = [
  [
    'a node that is not there',
    script("at('1s', kill(node('n4')))"),
    'phases[0].faults[0].fault.target is "n4"; there is no such node: did you mean "n1"?',
  ],
  [
    'one of several that is not there',
    script("at('1s', kill(anyOf('n1', 'leader')))"),
    'phases[0].faults[0].fault.target is "leader"; there is no such node: there are n1, n2, n3',
  ],
  [
    'a stream that is not declared',
    script("at('1s', kill(leaderOf('ORDER')))"),
    'phases[0].faults[0].fault.target is "ORDER"; there is no such stream: did you mean "ORDERS"?',
  ],
  [
    'a consumer that is not declared',
    script("at('1s', pause(consumerLeaderOf('ORDERS', 'biling')))"),
    'phases[0].faults[0].fault.target is "biling"; there is no such consumer: did you mean "billing"?',
  ],
  [
    'hearers that are not there',
    script("at('1s', oneWay(node('n1'), { hearers: node('m2') }))"),
    'phases[0].faults[0].fault.hearers is "m2"; there is no such node: did you mean "n2"?',
  ],
  [
    'a name for a target',
    script("at('1s', kill('n1'))"),
    'phases[0].faults[0].fault.target is "n1"; it must be a target, such as node("n1") or leaderOf("ORDERS")',
  ],
  [
    'a partition of one node',
    script("at('1s', isolate(node('n1')))", 'single()'),
    'phases[0].faults[0].fault is a partition; single() has one node, and nothing to cut it off from',
  ],
  [
    'a ring whose links are closed',
    script("at('1s', majoritiesRing({ mode: 'down' }))"),
    'cuts single directions, which mode "down" cannot; it must be "drop" or "stall"',
  ],
  [
    'a minority of two',
    script("at('1s', pause(minority()), { for: '2s' })", 'cluster({ nodes: 2 })').replace('? 3 : 1', '? 2 : 1'),
    'phases[0].faults[0].fault.target is minority(), which is nobody: cluster() has 2 nodes, and needs all of them to agree',
  ],
  [
    'a minority of one that does not hear',
    script("at('1s', oneWay(node('n1'), { hearers: minority() }))", 'cluster({ nodes: 1 })').replace(
      '? 3 : 1',
      '? 1 : 1',
    ),
    'phases[0].faults[0].fault.hearers is minority(), which is nobody: cluster() has 1 node, and needs all of them to agree',
  ],
  [
    'the kill of a majority',
    script("at('1s', kill(majority()), { for: '2s' })"),
    'phases[0].faults would take quorum away 1s into the phase: kill#1 leaves 1 of 3 nodes, and 2 are needed; if that is meant, give the fault allowQuorumLoss: true',
  ],
  [
    'two nodes at a time',
    script("at('1s', kill(leaderOf('ORDERS')), { for: '5s' }), at('4s', pause(node('n2')), { for: '1s' })"),
    'phases[0].faults would take quorum away 4s into the phase: kill#1 and pause#1 leave 1 of 3 nodes, and 2 are needed',
  ],
  [
    'the only node of a single server',
    script("at('1s', kill(node('n1')), { for: '1s' })", 'single()'),
    'phases[0].faults would take quorum away 1s into the phase: kill#1 leaves 0 of 1 node, and 1 is needed',
  ],
]

for (const [what, text, expected] of bad) {
  test.serial(`${what} is refused`, async (t) => {
    const told = await refusal(t, text)
    t.true(told.includes(expected), told)
  })
}

for (const nodes of [0, 10, 100, 2.5, Number.NaN, '"three"']) {
  test.serial(`a cluster of ${nodes} is refused, and nothing else is said that would follow from it`, async (t) => {
    const told = await refusal(t, script("at('1s', kill(majority()), { for: '2s' })", `cluster({ nodes: ${nodes} })`))
    t.regex(told, /^script\.ts:\d+:\d+: topology\.nodes is .+; it must be a whole number from 1 to 9$/)
  })
}

test.serial('a cluster of one or two is taken, and no stream may have more replicas than that', async (t) => {
  for (const nodes of [1, 2]) {
    const text = script('', `cluster({ nodes: ${nodes} })`)
    t.regex(
      await refusal(t, text),
      new RegExp(
        `^script\\.ts:\\d+:\\d+: streams\\[0\\]\\.replicas is 3; the topology has ${nodes} servers?, and each replica`,
      ),
    )
    const { topology } = await plan(t, text.replace('? 3 : 1', `? ${nodes} : 1`))
    t.like(topology, { kind: 'cluster', nodes })
  }
})

test.serial('a script that allows the loss of quorum gets it', async (t) => {
  const { phases } = await plan(t, script("at('1s', kill(majority(), { allowQuorumLoss: true }), { for: '2s' })"))
  t.like(phases[0]!.faults[0], { id: 'kill#1', fault: { target: { kind: 'majority' }, allowQuorumLoss: true } })
})

test.serial('faults on nodes one after another, and partitions that leave a majority, are taken', async (t) => {
  const faults = `
    at('1s', kill(leaderOf('ORDERS')), { for: '2s' }),
    at('3s', halves(leaderOf('ORDERS')), { for: '2s' }),
    at('5s', oneWay(node('n1'), { hearers: node('n2'), mode: 'stall' }), { for: '2s' }),
    at('7s', majoritiesRing(), { for: '2s' })`
  const { phases } = await plan(t, script(faults))
  t.deepEqual(
    phases[0]!.faults.map(({ id }) => id),
    ['kill#1', 'halves#1', 'oneWay#1', 'majoritiesRing#1'],
  )
})
