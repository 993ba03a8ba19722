import { readdir, readFile } from 'node:fs/promises'
import test from 'ava'
import { countOf, isWithoutHaproxy, patient, runScript, Squall, scriptPath, until } from './support.ts'

for (const balancer of ['haproxy', 'none'] as const) {
  test(`a service, ${balancer} in front of it, goes on while one of its instances is dead`, async (t) => {
    if (balancer === 'haproxy' && (await isWithoutHaproxy(t))) return
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
    // Without a balancer those that are sent to the dead one are refused: its users notice.
    const { detected } = report.faults[0]!.recovery!
    if (balancer === 'none') t.deepEqual(Object.keys(detected).sort(), ['ms', 'sign'])
    // Every request has an outcome, whatever it is.
    t.is(countOf(report, 'http_requests'), 300)
    const answered = report.series
      .filter(({ metric }) => metric === 'http_latency')
      .reduce((sum, { value }) => sum + (value.kind === 'trend' ? value.count : 0), 0)
    t.is(answered + countOf(report, 'http_failed') + countOf(report, 'http_indeterminate'), 300)
    t.is(
      router!.instances.reduce((sum, one) => sum + one.answered!, 0),
      answered,
    )
    await squall.assertNothingLeft(t)
  })
}

test('nothing of a service, its balancer or the children of its instances is left when the runner is killed', async (t) => {
  if (await isWithoutHaproxy(t)) return
  const squall = await Squall.start(t, ['run', scriptPath('services.ts'), '--env', 'PARENT=1'])
  await squall.said(/kill#1 applied/)
  const running = await squall.leftovers()
  for (const program of ['router/script.mjs', 'haproxy', 'sleep 611', 'createServer']) {
    t.true(
      running.some((command) => command.includes(program)),
      `${program} in ${running.join('\n')}`,
    )
  }
  squall.child.kill('SIGKILL')
  await squall.assertNothingLeft(t)
})

test('HAProxy that ends during a run ends it, and the report says so', async (t) => {
  if (await isWithoutHaproxy(t)) return
  const squall = await Squall.start(t, ['run', scriptPath('services.ts'), '--out', 'report.json', ...patient])
  await squall.said(/\ds {2}(calm|killed)/)
  process.kill(await pidOf('haproxy', squall.mark), 'SIGKILL')
  const finished = await squall.finished
  t.is(finished.code, 99, finished.stdout)
  const { result } = await squall.report()
  t.is(result.verdict, 'failed')
  t.true(result.reasons.includes('HAProxy in front of service router ended by itself (SIGKILL)'))
  await squall.assertNothingLeft(t)
})

test('an HAProxy that is not there is told before anything is started', async (t) => {
  const squall = await Squall.start(t, ['run', scriptPath('services.ts'), '--haproxy', '/nowhere/haproxy'])
  const { code, stderr, stdout } = await squall.finished
  t.is(code, 104)
  t.regex(stderr, /--haproxy is \/nowhere\/haproxy, which does not exist\./)
  t.notRegex(stdout + stderr, /starting/)
  await squall.assertNothingLeft(t)
})

/** The process of a run that runs a program. */
async function pidOf(program: string, mark: string): Promise<number> {
  let found: number | undefined
  await until(async () => {
    for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
      const read = (file: string) => readFile(`/proc/${pid}/${file}`, 'latin1').catch(() => '')
      if (!(await read('cmdline')).split('\0')[0]!.endsWith(program)) continue
      if ((await read('environ')).includes(mark)) found = Number(pid)
    }
    return found !== undefined
  }, `${program} to run`)
  return found!
}
