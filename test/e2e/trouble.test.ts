import { readdir, readFile } from 'node:fs/promises'
import test from 'ava'
import { countOf, patient, runScript, Squall, scriptPath } from './support.ts'

test.serial('a load that never returns: bounded, counted, and the run ends', async (t) => {
  const { report, squall } = await runScript(t, 'never-returns.ts', [], { DURATION: '2s' })
  t.is(countOf(report, 'iterations'), 0)
  t.is(countOf(report, 'dropped_iterations'), 150)
  t.is(countOf(report, 'interrupted_iterations'), 50)
  await squall.assertNothingLeft(t)
})

test.serial('a load that blocks the event loop: INVALID, nothing hangs', async (t) => {
  const { finished, report, squall } = await runScript(t, 'blocks.ts')
  t.is(finished.code, 90)
  t.regex(report.result.reasons[0]!, /blocks its event loop/)
  await squall.assertNothingLeft(t)
})

test.serial('a load that always throws: counted, shown once with its line, and no latency is made up', async (t) => {
  const { report, finished } = await runScript(t, 'always-throws.ts')
  t.is(countOf(report, 'iteration_errors'), 200)
  t.is(countOf(report, 'iterations'), 200)
  const warnings = report.warnings.filter((text) => text.includes('out of stock'))
  t.is(warnings.length, 1)
  t.regex(warnings[0]!, /always-throws\.ts:\d+/)
  t.is(finished.code, 99, 'its threshold on iteration_errors fails')
})

test.serial('a timer of the script that throws: INVALID, with its line', async (t) => {
  const { finished, report } = await runScript(t, 'timer-throws.ts')
  t.is(finished.code, 90)
  t.regex(report.result.reasons[0]!, /the generator crashed: out of the blue \(at .*timer-throws\.ts:7:\d+\)\)/)
})

test.serial('a proxy that dies during the run: INVALID with a report', async (t) => {
  const squall = await Squall.start(t, ['run', scriptPath('short.ts'), '--out', 'report.json', ...patient], {
    DURATION: '5m',
  })
  await squall.said(/only 1\/1/)
  await killStarted(squall, /toxiproxy\/server/)
  const { code } = await squall.finished
  t.is(code, 90)
  const report = await squall.report()
  t.regex(report.result.reasons[0]!, /proxy ended by itself/)
  await squall.assertNothingLeft(t)
})

test.serial('a server that dies during the run: FAILED, with its log', async (t) => {
  const squall = await Squall.start(t, ['run', scriptPath('short.ts'), '--out', 'report.json', ...patient], {
    DURATION: '5m',
  })
  await squall.said(/only 1\/1/)
  await killStarted(squall, /nats-server/)
  const { code } = await squall.finished
  t.is(code, 99)
  const report = await squall.report()
  t.regex(report.result.reasons.join('\n'), /nats-server n1 ended by itself \(SIGKILL\)/)
  t.is(report.servers[0]!.exit!.signal, 'SIGKILL')
  t.true(report.servers[0]!.logTail.length > 0)
  await squall.assertNothingLeft(t)
})

test.serial('a threshold with abortOnFail ends the run early', async (t) => {
  const { finished, report } = await runScript(t, 'aborts.ts')
  t.is(finished.code, 99)
  t.true(report.durationMs < 30_000)
  t.regex(report.result.reasons.join('\n'), /abortOnFail/)
})

test.serial('a rate that no generator can keep is INVALID, and says by how much', async (t) => {
  const { finished, report } = await runScript(t, 'too-fast.ts', ['--max-lag', '20ms'])
  t.is(finished.code, 90, finished.stdout)
  t.regex(report.result.reasons.join('\n'), /of \d+ due iterations|late at p99/)
})

for (const [what, options, env, expected] of [
  ['a missing server', ['--nats-server', '/no/such/nats-server'], {}, /\/no\/such\/nats-server/],
  [
    'no server anywhere',
    [],
    { PATH: '/nowhere', SQUALL_NATS_SERVER: undefined, SQUALL_CACHE_DIR: '/nowhere' },
    /squall setup/,
  ],
  ['a server that is none', ['--nats-server', '/bin/false'], {}, /\/bin\/false/],
  ['no Toxiproxy at the URL', ['--toxiproxy', 'http://127.0.0.1:1'], {}, /127\.0\.0\.1:1/],
  ['an unknown Toxiproxy', ['--toxiproxy', 'fast'], {}, /"embedded", "real", or a URL/],
  ['an unknown option', ['--sped', '3'], {}, /--sped/],
  ['a seed that is none', ['--seed', '-1'], {}, /--seed/],
  ['a scale that is none', ['--time-scale', 'fast'], {}, /--time-scale/],
] as const) {
  test.serial(`${what}: one sentence, exit 104, nothing started`, async (t) => {
    const squall = await Squall.start(t, ['run', scriptPath('short.ts'), ...options], env)
    const { code, stdout, stderr } = await squall.finished
    t.is(code, 104, stderr)
    t.regex(stderr, expected)
    t.notRegex(stderr, /\n\s+at /, 'no stack')
    t.is(stdout, '')
    await squall.assertNothingLeft(t)
  })
}

/** Kills what the run has started and whose command line matches. */
async function killStarted(squall: Squall, pattern: RegExp): Promise<void> {
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid) || Number(pid) === squall.child.pid) continue
    const environ = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '')
    const command = await readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '')
    if (environ.includes(squall.mark) && pattern.test(command)) process.kill(Number(pid), 'SIGKILL')
  }
}
