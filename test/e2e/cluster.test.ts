import test, { type ExecutionContext } from 'ava'
import type { FaultRecord, Report, Took } from '../../lib/report/index.ts'
import { countOf, longTest, patient, runScript, Squall, scriptPath, trendOf } from './support.ts'

/** The longest time without an ack in a phase, milliseconds; 0 when none was worth recording. */
function longestGap(report: Report, phase: string): number {
  return report.series
    .filter(({ metric, tags }) => metric === 'ack_gap' && tags.phase === phase)
    .reduce((longest, { value }) => (value.kind === 'trend' ? Math.max(longest, value.max) : longest), 0)
}

/** The stream was read to its end and holds every acked message; every fault was put on and taken off. */
function assertWhole(t: ExecutionContext, report: Report, faults: number): void {
  const [stream] = report.ledger!.streams
  t.like(stream, { stream: 'ORDERS', verdict: 'pass', judgedBy: 'content', readToEnd: true, lost: 0, unexpected: 0 })
  t.like(stream, { failedButPresent: 0, ackConflict: 0, outOfOrder: 0 })
  t.is(report.faults.length, faults)
  for (const { id, error, appliedAt, healedAt } of report.faults) {
    t.is(error, undefined)
    t.true(healedAt! > appliedAt!, id)
  }
}

/** The first change of the stream's leader between two moments; a look that saw it may have begun before the first. */
function leaderChange({ observed }: Report, from: number, to: number) {
  return observed!.leaderChanges.find(({ group, at }) => group === 'ORDERS' && at > from - 1_000 && at < to)
}

/** Who led the stream at a moment, by the changes until then. */
function leaderAt({ observed }: Report, moment: number) {
  return observed!.leaderChanges.findLast(({ group, at }) => group === 'ORDERS' && at < moment)?.to
}

/** How long something took that must have come. */
function took(t: ExecutionContext, what: string, time: Took | undefined): number {
  if (!time || !('ms' in time)) {
    t.fail(`${what}: ${JSON.stringify(time)}`)
    return Number.NaN
  }
  return time.ms
}

test.serial('a leader that is killed costs an election, one that hands over and followers do not', async (t) => {
  const { report, finished, squall } = await runScript(t, 'cluster-nodes.ts')
  t.is(finished.code, 0, finished.stdout)
  assertWhole(t, report, 5)
  t.is(report.ledger!.consumers[0]!.lost, 0)

  const [leader, follower, lameDuck, pause, wipe] = report.faults as [
    FaultRecord,
    FaultRecord,
    FaultRecord,
    FaultRecord,
    FaultRecord,
  ]

  // Acks stop for an election, which begins 4 to 9 s after the leader was last heard of. What costs none is far below that,
  // with room for a client that must reconnect and for a machine that stands still of itself.
  const election = longestGap(report, 'leader')
  t.true(election > 2_500, `longest gap ${election}`)
  t.true(took(t, 'acks', leader.recovery!.acksBack) > 2_500)
  t.true(took(t, 'new leader', leader.recovery!.newLeaders.ORDERS) > 0)
  const noise = Math.max(longestGap(report, 'baseline'), ...report.generator.phases.map(({ maxTurnMs }) => maxTurnMs))
  for (const phase of ['follower', 'lame-duck']) {
    const gap = longestGap(report, phase)
    t.true(gap < (2 * election) / 3 + noise, `${phase}: longest gap ${gap}, of an election ${election}, noise ${noise}`)
  }

  // Whom they meant is known from when they fired.
  for (const { targets } of report.faults) {
    t.is(targets.length, 1)
    t.true(['n1', 'n2', 'n3'].includes(targets[0]!), String(targets))
  }
  const elected = leaderChange(report, leader.applyingAt!, follower.applyingAt!)!
  t.deepEqual([elected.from], leader.targets)
  t.notDeepEqual([elected.to], leader.targets)
  t.notDeepEqual(follower.targets, [leaderAt(report, follower.applyingAt!)])
  t.is(leaderChange(report, follower.applyingAt!, follower.healedAt!), undefined)
  const handedOver = leaderChange(report, lameDuck.applyingAt!, pause.applyingAt!)!
  t.deepEqual([handedOver.from], lameDuck.targets)
  t.true(report.events.some(({ kind, client }) => kind === 'leader' && client === 'ORDERS'))

  // A node is back when all of its replicas are, also one whose disk was replaced.
  for (const { id, recovery } of [leader, wipe]) took(t, `replicas after ${id}`, recovery!.replicasCurrent)
  const { availability, quorum } = report.observed!
  t.true(availability[leader.targets[0]!]!.count > 0)
  t.true(availability[leader.targets[0]!]!.share < 1)
  t.true(quorum.ORDERS!.totalMs > 0)
  await squall.assertNothingLeft(t)
})

test.serial('cuts between nodes are proved and healed, and a quorum that was lost comes back', async (t) => {
  const { report, finished, squall } = await runScript(t, 'cluster-cuts.ts')
  t.is(finished.code, 0, finished.stdout)
  assertWhole(t, report, 3)
  const [isolated, oneWay, majority] = report.faults
  t.regex(isolated!.proof!, /^routes gone .+ after the cut, none went around its proxy/)
  t.is(isolated!.targets.length, 4)
  t.regex(oneWay!.proof!, /^1 direction silent, no route went around its proxy/)
  t.deepEqual([...oneWay!.targets].sort(), ['route-n2-n3', 'route-n3-n2'])

  t.is(majority!.targets.length, 2)
  const { quorum } = report.observed!
  for (const group of ['_meta_', 'ORDERS']) {
    const { spans } = quorum[group]!
    const seen = spans.some(({ from, to = from }) => from < majority!.healingAt! && to > majority!.appliedAt!)
    t.true(seen, `${group} ${JSON.stringify(spans)}`)
  }
  // Acks come again.
  const acked = ['recovery', 'baseline'].map((window) =>
    countOf(report, 'publish_acked', { phase: 'majority', window }),
  )
  t.true(acked.some((count) => count > 0))
  await squall.assertNothingLeft(t)
})

test.serial('a majority is not killed unless the script says that it means to', async (t) => {
  const squall = await Squall.start(t, ['run', scriptPath('cluster-cuts.ts'), ...patient], { REFUSE: '1' })
  const { code, stdout, stderr } = await squall.finished
  t.is(code, 104)
  t.regex(stdout + stderr, /cluster-cuts\.ts:\d+[\s\S]*would take quorum away[\s\S]*kill#1 leaves 1 of 3 nodes/)
  await squall.assertNothingLeft(t)
})

longTest(
  'five nodes: slow routes, a flapping one, halves that stall and a ring of majorities lose nothing',
  async (t) => {
    const { report, finished, squall } = await runScript(t, 'cluster-five.ts')
    t.is(finished.code, 0, finished.stdout)
    assertWhole(t, report, 7)
    const [slow, ...rest] = report.faults
    // An ack waits for followers, to which the leader talks over routes: 100 ms there and back.
    t.is(slow!.targets.length, 20)
    t.true(trendOf(report, 'publish_latency', { phase: 'slow', window: 'fault' }).percentiles.p50! >= 100)
    for (const { targets } of rest.slice(0, 4)) t.deepEqual([...targets].sort(), ['route-n1-n2', 'route-n2-n1'])

    // The larger half elects a leader of its own while the smaller one, with the old leader, is cut off.
    const [halves, ring] = rest.slice(4) as [FaultRecord, FaultRecord]
    t.regex(halves.proof!, /^12 directions silent, no route went around its proxy/)
    const [smaller, larger] = halves.parts!.split(' | ').map((part) => part.split(', '))
    t.deepEqual([smaller!.length, larger!.length], [2, 3])
    const elected = leaderChange(report, halves.applyingAt!, halves.healedAt!)
    t.true(smaller!.includes(elected!.from!), `${elected!.from} of ${halves.parts}`)
    t.true(larger!.includes(elected!.to), `${elected!.to} of ${halves.parts}`)

    // Each of five nodes does not hear two of the others.
    t.regex(ring.proof!, /^10 directions silent, no route went around its proxy/)
    took(t, 'acks after the ring', ring.recovery!.acksAfterHeal)
    await squall.assertNothingLeft(t)
  },
)

test.serial('servers that tell each other their real addresses make the run invalid', async (t) => {
  const { report, finished, squall } = await runScript(t, 'cluster-unprotected.ts')
  t.is(finished.code, 90, finished.stdout)
  t.is(report.result.verdict, 'invalid')
  t.regex(report.result.reasons[0]!, /bypassed: .*n\d has a route to n\d at its real port \d+, around the proxy/)
  await squall.assertNothingLeft(t)
})
