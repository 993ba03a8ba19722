import test, { type ExecutionContext } from 'ava'
import { findBinary } from '../../lib/binaries/index.ts'
import { countOf, runScript } from './support.ts'

// Serial: several rolls at once would only wait for each other.

const withEnv = (env: Record<string, string>) =>
  Object.entries(env).flatMap(([key, value]) => ['--env', `${key}=${value}`])

async function isWithoutHaproxy(t: ExecutionContext): Promise<boolean> {
  if (process.env.SQUALL_REQUIRE_REAL || (await findBinary('haproxy'))) return false
  t.log('skipped: there is no haproxy here; `squall setup` as root installs it')
  t.pass()
  return true
}

for (const [what, env, instances] of [
  ['three routers behind HAProxy', {}, 3],
  [
    'two routers without a balancer',
    { ROUTER_LOAD_BALANCER_ENABLED: 'false', ROUTER_INSTANCE_COUNT: '2', LASTS: '18s' },
    2,
  ],
] as const) {
  test.serial(`${what} are restarted one after another, and nobody sees anything of it`, async (t) => {
    if (instances === 3 && (await isWithoutHaproxy(t))) return
    const { squall, finished, report } = await runScript(t, 'rolling.ts', withEnv(env))
    t.is(finished.code, 0, finished.stdout)
    const [router] = report.services!
    t.true(router!.leastActive >= instances - 1)
    t.is(countOf(report, 'http_failed') + countOf(report, 'http_indeterminate'), 0)
    t.is(countOf(report, 'request_failed') + countOf(report, 'request_indeterminate'), 0)
    const [effects] = report.ledger!.effects!
    t.like(effects!, { missing: 0, doubled: 0, unexpected: 0, settled: true })
    t.is(effects!.seen, effects!.accepted)
    t.true(effects!.accepted > 0)
    t.deepEqual(report.ledger!.state, { differences: [], count: 0 })
    const { steps, left } = report.faults[0]!.roll!
    t.deepEqual(left, [])
    t.deepEqual(
      steps.map(({ instance, lostRequests = 0, error }) => [instance, lostRequests, error]),
      Array.from({ length: instances }, (_, index) => [`router-${index + 1}`, 0, undefined]),
    )
    await squall.assertNothingLeft(t)
  })
}

// So long that something is under way at any time.
const busy = { WORK_MS: '200', ACCEPT_MS: '100', LASTS: '15s' }
for (const [variant, env, reason] of [
  ['acks-before-work', {}, /service router lost \d+ requests? that it had accepted: no effect in ROUTED/],
  ['forgets-state', {}, /state is not preserved: k\d+: its effects go up to \d+, and the table says 0/],
  ['drops-in-flight', { DRAIN: '0s' }, /router-\d dropped \d+ requests? under way when it was restarted/],
] as const) {
  test.serial(`a router that ${variant.replaceAll('-', ' ')} is caught`, async (t) => {
    if (await isWithoutHaproxy(t)) return
    const { finished, report } = await runScript(t, 'rolling.ts', withEnv({ VARIANT: variant, ...busy, ...env }))
    t.is(finished.code, 99, finished.stdout)
    t.regex(report.result.reasons.join('\n'), reason)
  })
}

test.serial('a roll stops at a build that does not start, the others go on, and a person is asked for', async (t) => {
  if (await isWithoutHaproxy(t)) return
  const env = { NEXT: '{"NODE_OPTIONS":"--no-such-option"}', LASTS: '10s' }
  const { squall, finished, report } = await runScript(t, 'rolling.ts', withEnv(env))
  t.is(finished.code, 99, finished.stdout)
  t.regex(
    report.result.reasons.join('\n'),
    /manual intervention needed: rolling restart roll#1 stopped: router-1 ended while it was starting \(exit code 9\)/,
  )
  t.deepEqual(report.faults[0]!.roll!.left, ['router-2', 'router-3'])
  const [first, ...others] = report.services![0]!.instances
  t.regex(first!.trouble!, /^router-1 ended by itself \(exit code 9\)/)
  t.regex(first!.logTail.join('\n'), /no-such-option/)
  t.true(others.every(({ restarts, trouble }) => restarts === 0 && trouble === undefined))
  t.is(report.services![0]!.leastActive, 2)
  await squall.assertNothingLeft(t)
})

test.serial('kill -9 of a router costs what it had under way, and no order that it had accepted', async (t) => {
  if (await isWithoutHaproxy(t)) return
  const { report } = await runScript(t, 'rolling.ts', withEnv({ FAULT: 'kill', ...busy, LASTS: '8s' }))
  t.like(report.ledger!.effects![0]!, { missing: 0, doubled: 0, settled: true })
  t.is(report.ledger!.state!.count, 0)
  // What was under way was given up, and is counted: 10 requests a second of 100 ms each were with it.
  const answered = report.series
    .filter(({ metric }) => metric === 'http_latency')
    .reduce((sum, { value }) => sum + (value.kind === 'trend' ? value.count : 0), 0)
  const unanswered = countOf(report, 'http_failed') + countOf(report, 'http_indeterminate')
  t.is(answered + unanswered, countOf(report, 'http_requests'))
  t.is(report.services![0]!.leastActive, 2)
})
