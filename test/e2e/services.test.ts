import test from 'ava'
import { findBinary } from '../../lib/binaries/index.ts'
import { countOf, runScript, Squall, scriptPath } from './support.ts'

for (const balancer of ['haproxy', 'none'] as const) {
  test(`a service, ${balancer} in front of it, goes on while one of its instances is dead`, async (t) => {
    if (balancer === 'haproxy' && !process.env.SQUALL_REQUIRE_REAL && !(await findBinary('haproxy'))) {
      t.log('skipped: there is no haproxy here; `squall setup` as root installs it')
      return t.pass()
    }
    const { squall, finished, report } = await runScript(t, 'services.ts', ['--env', `BALANCER=${balancer}`])
    const [router] = report.services!
    t.is(finished.code, 0, finished.stdout)
    t.is(router!.balancer, balancer)
    t.is(router!.leastActive, 2)
    t.deepEqual(
      router!.instances.map(({ name, restarts, crashes, trouble }) => [name, restarts, crashes, trouble]),
      [
        ['router-1', 0, 0, undefined],
        ['router-2', 1, 0, undefined],
        ['router-3', 0, 0, undefined],
      ],
    )
    t.true(router!.instances.every(({ activeShare }) => activeShare > 0))
    t.true(router!.instances[1]!.activeShare < 1)
    // Every request has an outcome, whatever it is.
    t.is(countOf(report, 'http_requests'), 300)
    const answered = report.series
      .filter(({ metric }) => metric === 'http_latency')
      .reduce((sum, { value }) => sum + (value.kind === 'trend' ? value.count : 0), 0)
    t.is(answered + countOf(report, 'http_failed') + countOf(report, 'http_indeterminate'), 300)
    await squall.assertNothingLeft(t)
  })
}

test('nothing of a service is left when the runner is killed', async (t) => {
  const env = ['--env', 'BALANCER=none', '--env', 'INSTANCES=3']
  const squall = await Squall.start(t, ['run', scriptPath('services.ts'), ...env])
  await squall.said(/kill#1 applied/)
  t.true((await squall.leftovers()).some((command) => command.includes('router/script.mjs')))
  squall.child.kill('SIGKILL')
  await squall.assertNothingLeft(t)
})
