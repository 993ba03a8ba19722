import test, { type ExecutionContext } from 'ava'
import type { Report } from '../../lib/report/index.ts'
import { countOf, runScript, seriesOf, trendOf } from './support.ts'

/** The latency that was put on, of a message in the middle: that holds on a busy machine too. In both directions it would be 100 ms. */
function assertSlowedBy50Ms(t: ExecutionContext, report: Report): void {
  const { p50 } = trendOf(report, 'publish_service_time', { window: 'fault', fault: 'slow' }).percentiles
  t.true(p50! >= 50 && p50! < 100, `p50 ${p50}`)
}

/** The longest that the generator stood still of itself, milliseconds. */
const standstillOf = ({ generator }: Report) => Math.max(...generator.phases.map(({ maxTurnMs }) => maxTurnMs))

test.serial('a latency of 50 ms on the link is read back, and the baseline does not see it', async (t) => {
  const { report, finished } = await runScript(t, 'latency.ts')
  t.is(finished.code, 0, finished.stdout)
  assertSlowedBy50Ms(t, report)
  const baseline = trendOf(report, 'publish_service_time', { phase: 'baseline', window: 'baseline' })
  t.true(baseline.percentiles.p50! < 50, `baseline p50 ${baseline.percentiles.p50}`)
  // The toxic is on the publishers' link alone: what consumers see is not slower for it.
  t.true(trendOf(report, 'e2e_latency', { window: 'fault', fault: 'slow' }).percentiles.p50! < 50)
  const [fault] = report.faults
  t.deepEqual(fault!.targets, ['publishers-n1'])
  t.true(fault!.appliedAt! >= fault!.applyingAt! && fault!.applyingAt! >= fault!.scheduledAt)
  t.true(fault!.healingAt! >= fault!.scheduledAt + 3_000)
  // Every iteration that was due was started: at 200 a second for 10 s.
  t.is(report.ledger!.attempts, 2_000)
  t.is(countOf(report, 'publish_acked'), 2_000)
})

test.serial('a stall of 2 s shows in the latency from the intended start, and not in service time alone', async (t) => {
  const { report } = await runScript(t, 'stall.ts')
  const tags = { window: 'fault', fault: 'stall' }
  const latency = trendOf(report, 'publish_latency', tags)
  const service = trendOf(report, 'publish_service_time', tags)
  // The stall is on for a little less than 2 s: from when the proxy has it. 400 messages came; 1 of them waited for the server, 399 for that one.
  const [stall] = report.faults
  const held = stall!.healingAt! - stall!.appliedAt!
  t.true(stall!.healingAt! >= stall!.scheduledAt + 2_000)
  const window = stall!.healedAt! - stall!.scheduledAt
  t.true(latency.percentiles.p99! > held - 500, `latency p99 ${latency.percentiles.p99} of ${held}`)
  t.true(latency.percentiles.p50! > held - window / 2 - 500, `latency p50 ${latency.percentiles.p50} of ${held}`)
  t.true(service.percentiles.p99! < 500, `service p99 ${service.percentiles.p99}`)
  t.true(service.max > held / 2 - standstillOf(report), `service max ${service.max} of ${held}`)
  t.is(report.ledger!.acked, 1_600)
  t.is(countOf(report, 'dropped_iterations'), 0)
  // The same stall by the recovery record: as long as the proxy held it, and over when it let go.
  const { longestAckGap, acksBack } = stall!.recovery!
  const isHeld = (ms: number) => ms > held - 100 - standstillOf(report) && ms < held + 2_500
  t.true(isHeld(longestAckGap!.ms), `gap ${longestAckGap!.ms} of ${held}`)
  t.true('ms' in acksBack! && isHeld(acksBack.ms), JSON.stringify(acksBack))
  // Recorded in microseconds, in whichever window it reached into.
  const gaps = report.series.flatMap(({ metric, value }) =>
    metric === 'ack_gap' && value.kind === 'trend' ? [value.max] : [],
  )
  t.true(Math.abs(Math.max(...gaps) - longestAckGap!.ms) < 1, `${gaps} and ${longestAckGap!.ms}`)
})

test.serial(
  'a cut of 3 s: outcomes add up, clients come back, recovery ends by itself, core loss is counted',
  async (t) => {
    const { report, squall } = await runScript(t, 'cut.ts')
    const ledger = report.ledger!
    const attempts = 2 * 200 * 15
    t.is(ledger.attempts, attempts)
    t.is(ledger.acked + ledger.sent + ledger.failed + ledger.indeterminate, attempts)
    for (const outcome of ['acked', 'sent', 'failed', 'indeterminate'] as const) {
      t.is(countOf(report, `publish_${outcome}`), ledger[outcome], outcome)
    }
    // 3 s and the time to reconnect, two publishes each: not connected, so known not to be stored. A second either way for a
    // machine that stands still at that moment.
    const [cut] = report.faults
    t.true(cut!.healingAt! >= cut!.scheduledAt + 3_000)
    const surelyOut = cut!.healingAt! - cut!.appliedAt!
    const perMs = (2 * 200) / 1_000
    const failedFor = ledger.failed / perMs
    t.true(
      failedFor > surelyOut - 1_100 && failedFor < surelyOut + 4_000,
      `${ledger.failed} failed, ${surelyOut} ms out`,
    )
    const because = ledger.reasons!.map(({ operation, outcome, reason }) => `${operation} ${outcome}: ${reason}`)
    t.true(because.includes('publish failed: not connected'), because.join(', '))
    const counted = ledger.reasons!.reduce((sum, { count }) => sum + count, 0)
    t.is(counted, ledger.failed + ledger.indeterminate)
    // What was in flight when the connection went is unknown; an open loop at 200/s has few in flight, of what came in 3 s.
    t.true(ledger.indeterminate < 400, `indeterminate ${ledger.indeterminate}`)
    const [billing, ticker] = ledger.consumers
    t.is(billing!.lost, 0)
    t.is(billing!.expected, ledger.acked)
    t.is(billing!.received, ledger.acked + billing!.recovered)
    t.is(ticker!.expected, ledger.sent)
    t.is(ticker!.lost, ledger.sent - ticker!.received + ticker!.recovered)
    t.is(countOf(report, 'core_lost'), ticker!.lost)
    t.true(countOf(report, 'disconnects') >= 3)
    t.is(countOf(report, 'disconnects'), countOf(report, 'reconnects'))
    t.true(report.events.some(({ kind }) => kind === 'reconnect'))
    const firstAck = report.events.find(({ kind, at }) => kind === 'first-ack' && at >= cut!.healedAt!)
    t.truthy(firstAck)
    const { recovered, longestAckGap, acksAfterHeal } = cut!.recovery!
    const gap = longestAckGap!.ms
    t.true(gap >= surelyOut - 100 - standstillOf(report) && gap < surelyOut + 5_000, `gap ${gap} of ${surelyOut}`)
    t.true('ms' in acksAfterHeal! && acksAfterHeal.ms < 5_000, JSON.stringify(acksAfterHeal))
    t.true(recovered && 'ms' in recovered, `recovery ${JSON.stringify(recovered)}`)
    const { windows } = report.phases[1]!
    t.deepEqual(
      windows.map(({ kind }) => kind),
      ['baseline', 'fault', 'recovery', 'baseline'],
    )
    t.is(seriesOf(report, 'recovery_time', { fault: 'cut' }).value.kind, 'trend')
    await squall.assertNothingLeft(t)
  },
)

test.serial('the same through the real Toxiproxy', async (t) => {
  const { report, finished } = await runScript(t, 'latency.ts', ['--toxiproxy', 'real'])
  t.is(finished.code, 0, finished.stdout)
  t.is(report.toxiproxy.kind, 'real')
  assertSlowedBy50Ms(t, report)
})
