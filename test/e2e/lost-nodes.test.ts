import test from 'ava'
import { runScript } from './support.ts'

test.serial('nodes that somebody else kills end the run, and each is named', async (t) => {
  const { report, finished, squall } = await runScript(t, 'loses-nodes.ts', [], { WHAT: 'killed' })
  t.is(finished.code, 99, finished.stdout)
  for (const name of ['n2', 'n3']) {
    const server = report.servers.find((one) => one.name === name)!
    t.like(server.exit, { signal: 'SIGKILL' })
    t.true(server.logTail.length > 0)
    t.true(
      report.result.reasons.includes(`nats-server ${name} ended by itself (SIGKILL)`),
      report.result.reasons.join(),
    )
  }
  t.true(report.durationMs < 40_000)
  await squall.assertNothingLeft(t)
})

test.serial('nodes that stay away: without quorum no stream is judged, and that is said', async (t) => {
  const { report, finished, squall } = await runScript(t, 'loses-nodes.ts', ['--drain', '2s'], { WHAT: 'paused' })
  t.is(finished.code, 91, finished.stdout)
  t.is(report.result.verdict, 'unknown')
  t.true(report.result.reasons.includes('not every replica was current when the drain began, so it was not judged'))
  const [orders] = report.ledger!.streams
  t.like(orders, { verdict: 'unknown', readToEnd: false, lost: 0 })
  const terminal = finished.stdout.replaceAll(/\s+/g, ' ')
  t.regex(terminal, /UNKNOWN /)
  t.regex(terminal, /ORDERS: read up to sequence \d+ only: what follows is not known/)
  await squall.assertNothingLeft(t)
})

for (const [what, how, said] of [
  ['damaged', 'its store damaged', /JetStream/],
  ['taken', 'its port taken', /address already in use/],
] as const) {
  test.serial(`a node that does not come back, ${how}, ends the run, is named, and its log is kept`, async (t) => {
    const { report, finished, squall } = await runScript(t, 'loses-nodes.ts', [], { WHAT: what }, /kill#1 applied/)
    t.is(finished.code, 99, finished.stdout)
    const [reason] = report.result.reasons
    t.regex(
      reason!,
      /^fault kill#1 could not be healed: heal kill#1 \(kill\) on node n3: nats-server n3 .* It said last: ./,
    )
    t.regex(reason!, said)
    t.true(report.servers.find(({ name }) => name === 'n3')!.logTail.some((line) => said.test(line)))
    t.true(reason!.endsWith(report.faults[0]!.error!))
    t.is(report.faults[0]!.healedAt, undefined)
    t.true(report.durationMs < 40_000)
    await squall.assertNothingLeft(t)
  })
}
