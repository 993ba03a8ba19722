import test from 'ava'
import { countOf, isWithoutHaproxy, longTest, runScript, trendOf } from './support.ts'

// Serial: several rolls at once would only wait for each other.

const withEnv = (env: Record<string, string>) =>
  Object.entries(env).flatMap(([key, value]) => ['--env', `${key}=${value}`])

// So long that something is under way at any time.
const busy = { WORK_MS: '200', ACCEPT_MS: '100', LASTS: '10s' }
for (const [variant, env, reason] of [
  ['acks-before-work', {}, /service router lost \d+ requests? that it had accepted: no effect in ROUTED/],
  [
    'forgets-state',
    {},
    /service router did not keep its state: numbers: k\d+ went back from \d+ to \d+, after router-\d was restarted/,
  ],
  [
    'drops-in-flight',
    { DRAIN: '0s', ACCEPT_MS: '400' },
    /router-\d dropped \d+ requests? under way when it was restarted/,
  ],
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
  const { report } = await runScript(
    t,
    'rolling.ts',
    withEnv({ FAULT: 'kill', ...busy, ACCEPT_MS: '500', LASTS: '8s' }),
  )
  t.like(report.ledger!.effects![0]!, { missing: 0, doubled: 0, settled: true })
  t.is(report.ledger!.state!.count, 0)
  // What was under way was given up, and is counted: 10 requests a second of 500 ms each were with it.
  const answered = report.series
    .filter(({ metric }) => metric === 'http_latency')
    .reduce((sum, { value }) => sum + (value.kind === 'trend' ? value.count : 0), 0)
  const unanswered = countOf(report, 'http_failed') + countOf(report, 'http_indeterminate')
  t.is(answered + unanswered, countOf(report, 'http_requests'))
  t.true(unanswered > 0)
  t.is(report.services![0]!.instances[1]!.lostRequests, unanswered)
  t.is(report.services![0]!.leastActive, 2)
  // HAProxy takes it out when two checks in a row have failed: 100 ms apart, and each has 2 s for its answer.
  const { max } = trendOf(report, 'instance_ejection_time', { instance: 'router-2' })
  t.true(max > 0 && max <= 2 * (100 + 2_000), `taken out after ${max} ms`)
})

longTest('a router in a crash loop is given up, and a person is told how its lives ended', async (t) => {
  if (await isWithoutHaproxy(t)) return
  const { squall, finished, report } = await runScript(t, 'rolling.ts', withEnv({ FAULT: 'crash-loop', LASTS: '40s' }))
  t.is(finished.code, 99, finished.stdout)
  t.true(
    report.result.reasons.includes(
      'manual intervention needed: router-2 ended by itself (SIGKILL) 6 times and is not started again',
    ),
    report.result.reasons.join('\n'),
  )
  const [router] = report.services!
  const [first, second, third] = router!.instances
  t.like(second, { crashes: 6, restarts: 5 })
  t.deepEqual(second!.exits, Array(6).fill({ code: null, signal: 'SIGKILL' }))
  t.regex(second!.logTail.join('\n'), /router-2 \(build dev\) listens on \d+/)
  t.true([first!, third!].every(({ crashes, restarts }) => crashes + restarts === 0))
  t.is(router!.leastActive, 2)
  t.like(report.ledger!.effects![0]!, { missing: 0, doubled: 0, settled: true })
  t.is(router!.state!.count, 0)
  await squall.assertNothingLeft(t)
})

longTest('one router is cut off, slowed, paused, stopped and restarted, and the others are not', async (t) => {
  if (await isWithoutHaproxy(t)) return
  const { finished, report } = await runScript(t, 'rolling.ts', withEnv({ FAULT: 'single', LASTS: '30s' }))
  const latencyOf = (fault: string, name: string) =>
    trendOf(report, 'http_latency', { window: 'fault', fault, instance: name }).percentiles.p50!
  // Each command goes to NATS and back once before it is answered.
  t.true(latencyOf('slow', 'router-2') > 300, finished.stdout)
  t.true(latencyOf('slow', 'router-1') < 300 && latencyOf('slow', 'router-3') < 300)
  t.true(latencyOf('cut', 'router-2') < 300 && latencyOf('cut', 'router-3') < 300)
  t.deepEqual(
    report.faults.map(({ name, targets, error }) => [name, targets, error]),
    [
      ['cut', ['router-1-n1'], undefined],
      ['slow', ['router-2-n1'], undefined],
      ['pause', ['router-3'], undefined],
      ['stop', ['router-1'], undefined],
      ['restart', ['router-2'], undefined],
    ],
  )
  const [router] = report.services!
  t.is(router!.leastActive, 2)
  t.deepEqual(
    router!.instances.map(({ restarts, crashes, trouble }) => [restarts, crashes, trouble]),
    [
      [1, 0, undefined],
      [1, 0, undefined],
      [0, 0, undefined],
    ],
  )
  t.like(report.ledger!.effects![0]!, { missing: 0, doubled: 0, settled: true })
  t.is(router!.state!.count, 0)
})
