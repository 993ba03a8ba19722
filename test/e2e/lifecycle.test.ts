import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { cli, patient, runScript, Squall, scriptPath, until } from './support.ts'

const long = { DURATION: '5m' }
const args = ['run', scriptPath('short.ts'), '--out', 'report.json', ...patient]

test.serial('a run that passes leaves its report and nothing else, and the report prints the same again', async (t) => {
  const { squall, finished, report } = await runScript(t, 'short.ts')
  t.is(finished.code, 0, finished.stdout)
  t.is(report.result.verdict, 'passed')
  t.is(report.ledger!.acked, 200)
  await squall.assertNothingLeft(t)
  const again = spawn(process.execPath, [cli, 'report', 'report.json'], {
    cwd: squall.tmp,
    env: { ...process.env, NO_COLOR: '1' },
  })
  let printed = ''
  again.stdout.setEncoding('utf8').on('data', (chunk) => {
    printed += chunk
  })
  await once(again, 'close')
  t.is(printed, finished.stdout)
})

test.serial('--keep leaves the run folder, and Ctrl-C while it is being stopped cuts nothing short', async (t) => {
  const squall = await Squall.start(t, [...args, '--keep', '--time-scale', '0.5'])
  await squall.said(/stopping/)
  squall.child.kill('SIGINT')
  const { code, stdout } = await squall.finished
  t.is(code, 0, stdout)
  const [folder] = await squall.runFolders()
  t.regex(await readFile(join(squall.tmp, folder!, 'n1', 'nats.conf'), 'utf8'), /server_name: "n1"/)
  await until(async () => (await squall.leftovers()).length === 0, 'no process to be left')
})

test.serial('the first Ctrl-C heals, drains and reports; exit 105', async (t) => {
  const squall = await Squall.start(t, args, long)
  await squall.said(/only 1\/1/)
  await until(async () => (await squall.leftovers()).length > 2, 'the run to be under way')
  squall.child.kill('SIGINT')
  const { code, stdout } = await squall.finished
  t.is(code, 105)
  t.regex(stdout, /INTERRUPTED/)
  const report = await squall.report()
  t.is(report.result.verdict, 'interrupted')
  t.true(report.ledger!.drained)
  await squall.assertNothingLeft(t)
})

test.serial('a second Ctrl-C ends it at once', async (t) => {
  const squall = await Squall.start(t, ['run', scriptPath('never-returns.ts')], long)
  await squall.said(/only 1\/1/)
  squall.child.kill('SIGINT')
  await squall.said(/interrupted/)
  squall.child.kill('SIGINT')
  const { code } = await squall.finished
  t.is(code, 105)
  await squall.assertNothingLeft(t)
})

test.serial('SIGTERM is an orderly end too', async (t) => {
  const squall = await Squall.start(t, args, long)
  await squall.said(/only 1\/1/)
  squall.child.kill('SIGTERM')
  t.is((await squall.finished).code, 105)
  await squall.assertNothingLeft(t)
})

test.serial('kill -9 of the runner leaves no process and no folder', async (t) => {
  const squall = await Squall.start(t, args, long)
  await squall.said(/only 1\/1/)
  t.true((await squall.leftovers()).some((command) => command.includes('nats-server')))
  squall.child.kill('SIGKILL')
  await squall.finished
  await squall.assertNothingLeft(t)
})

test.serial('kill -9 while the topology is starting leaves nothing either', async (t) => {
  const squall = await Squall.start(t, args, long)
  await until(
    async () => (await squall.leftovers()).length > 0 || squall.child.exitCode !== null,
    'something to be started',
  )
  squall.child.kill('SIGKILL')
  await squall.finished
  await squall.assertNothingLeft(t)
})

test.serial('two runs at once do not meet', async (t) => {
  const runs = await Promise.all([runScript(t, 'short.ts'), runScript(t, 'short.ts')])
  for (const { report } of runs) {
    t.is(report.ledger!.acked, 200)
    t.is(report.ledger!.consumers[0]!.received, 200)
  }
})

test.serial('setup and teardown run once, and teardown also when setup threw: exit 107', async (t) => {
  const { finished, report, squall } = await runScript(t, 'setup-throws.ts')
  t.is(finished.code, 107, finished.stderr)
  t.is(report.result.verdict, 'error')
  t.regex(report.result.reasons[0]!, /setup\(\) failed: no database.*setup-throws\.ts:\d+/)
  t.is(await readFile(join(squall.tmp, 'teardown.txt'), 'utf8'), 'once\n')
  await squall.assertNothingLeft(t)
})

test.serial('an unwritable report path is told after the summary', async (t) => {
  const squall = await Squall.start(t, ['run', scriptPath('short.ts'), '--out', 'taken/report.json', ...patient])
  await squall.said(/starting the topology/)
  await writeFile(join(squall.tmp, 'taken'), 'a file where a folder should be')
  const { code, stdout, stderr } = await squall.finished
  t.regex(stdout, /^PASSED/m)
  t.regex(stderr, /taken\/report\.json/)
  t.is(code, 104)
  await squall.assertNothingLeft(t)
})

test.serial('a full disk is told after the summary', async (t) => {
  const squall = await Squall.start(t, ['run', scriptPath('short.ts'), '--out', '/dev/full', ...patient])
  const { code, stdout, stderr } = await squall.finished
  t.regex(stdout, /^PASSED/m)
  t.regex(stderr, /\/dev\/full.*(no space|full)/i)
  t.is(code, 104)
})

test.serial('a report path that is a folder is told before anything is started', async (t) => {
  const { code, stdout, stderr } = await (await Squall.start(t, [...args, '--out', '.'])).finished
  t.deepEqual([code, stdout], [104, ''])
  t.is(stderr, 'The report could not be written to .: it is a folder (EISDIR).\nChoose another place for it.\n')
})

test.serial('no folder for temporary files: one sentence, nothing started', async (t) => {
  const squall = await Squall.start(t, args, { TMPDIR: '/nowhere/at/all' })
  const { code, stderr } = await squall.finished
  t.is(code, 104)
  t.regex(stderr, /\/nowhere\/at\/all/)
  t.notRegex(stderr, /\n\s+at /)
})
