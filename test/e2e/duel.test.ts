import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { patient, Squall, scriptPath, until } from './support.ts'

const patience = ['--both', `max-lag=${patient[1]}`]

async function duel(t: ExecutionContext, script: string, args: readonly string[]) {
  const squall = await Squall.start(t, ['duel', script, '--out', 'duel', ...patience, ...args])
  const finished = await squall.finished
  t.log(finished.stdout + finished.stderr)
  return { squall, ...finished }
}

const stateIn = (folder: string) => JSON.parse(readFileSync(join(folder, 'duel', 'state.json'), 'utf8'))

test.serial('milliseconds more on one side alone are found, and how many they are', async (t) => {
  // A whole verdict takes twelve runs, about a minute; of the fourteen planned, the look before the end saves two.
  const isWhole = process.env.SQUALL_TEST_LONG !== undefined
  t.timeout(600_000)
  const runs = isWhole ? 6 : 2
  const planned = isWhole ? ['-n', '7', '--early-stop'] : ['-n', '2']
  // What two runs show on a busy machine must be far more than its noise; to tell five from none takes the whole.
  const [more, tolerance] = isWhole ? [5, 0.5] : [100, 20]
  const metric = ['--metric', 'publish_service_time{window:fault}:p50', '--json']
  const { squall, code, stdout } = await duel(t, scriptPath('duel.ts'), [
    ...planned,
    '--b',
    `env.DELAY=${1 + more}ms`,
    ...metric,
  ])
  const { verdict, rows, notes } = JSON.parse(stdout)
  const [row] = rows
  t.is(row.base.values.length, runs)
  t.is(row.head.values.length, runs)
  t.is(verdict, isWhole ? 'REGRESSED' : null)
  t.is(code, isWhole ? 92 : 0)
  t.is(notes.includes('Ended at its look, before the 7 runs a side that were planned: p ≤ 0.005.'), isWhole)
  t.regex(readFileSync(join(squall.tmp, 'duel', 'comparison.html'), 'utf8'), /^<!doctype html>/)
  t.true(Math.abs(row.difference.estimate - more) <= tolerance, `${row.difference.estimate}`)
  await squall.assertNothingLeft(t)
})

test.serial('an interrupted duel goes on where it was, and the run that was interrupted is not counted', async (t) => {
  t.timeout(300_000)
  const args = ['-n', '2', '--both', 'env.DURATION=1s', '--metric', 'publish_latency:p50']
  const first = await Squall.start(t, ['duel', scriptPath('short.ts'), '--out', 'duel', ...patience, ...args])
  await first.said(/duel 1 of 4: .*PASSED/)
  const second = ['duel', scriptPath('short.ts'), '--out', join(first.tmp, 'duel'), ...patience, ...args]
  const refusedBeside = await (await Squall.start(t, second)).finished
  t.is(refusedBeside.code, 104)
  t.regex(refusedBeside.stderr, new RegExp(`^Another squall duel, process ${first.child.pid}, is at work in `, 'm'))
  first.child.kill('SIGINT')
  const ended = await first.finished
  t.is(ended.code, 105)
  t.regex(ended.stderr, /^-n 2 describes, but can not be judged: a verdict takes -n 6\.$/m)
  t.regex(ended.stderr, /Interrupted/)
  const before = stateIn(first.tmp).runs
  t.true(before.length < 4)
  t.is(readdirSync(join(first.tmp, 'duel', 'runs')).length, before.length)
  await first.assertNothingLeft(t)

  const folder = join(first.tmp, 'duel')
  const again = await Squall.start(t, ['duel', scriptPath('short.ts'), '--out', folder, ...patience, ...args])
  const finished = await again.finished
  t.is(finished.code, 0, finished.stderr)
  const { runs } = stateIn(first.tmp)
  t.deepEqual(runs.slice(0, before.length), before)
  t.is(runs.length, 4)
  t.regex(finished.stdout, /NO VERDICT: A \(2 runs\) → B \(2 runs\)/)

  const other = await Squall.start(t, ['duel', scriptPath('short.ts'), '--out', folder, ...args, '-n', '3'])
  const refused = await other.finished
  t.is(refused.code, 104)
  t.regex(refused.stderr, /holds another duel/)
})

test.serial('a run that can not be counted is told of with its reason', async (t) => {
  const { code, stderr } = await duel(t, scriptPath('setup-throws.ts'), ['-n', '1'])
  t.is(code, 107)
  t.regex(stderr, /^A run of [AB] ended with 107\. setup\(\) failed: no database/m)
})

test.serial('a duel that is killed leaves nothing running', async (t) => {
  const squall = await Squall.start(t, [
    'duel',
    scriptPath('short.ts'),
    '--out',
    'duel',
    '--both',
    'env.DURATION=60s',
    '-n',
    '1',
  ])
  await until(async () => (await squall.leftovers()).some((line) => line.includes('nats-server')), 'the first run')
  squall.child.kill('SIGKILL')
  await squall.finished
  await squall.assertNothingLeft(t)
})

test.serial('a side may be a commit of the script, and is first run against itself when asked for', async (t) => {
  t.timeout(300_000)
  const { squall, code: refused } = await duel(t, scriptPath('short.ts'), ['--a', 'colour=red'])
  t.is(refused, 104)
  const project = join(squall.tmp, 'project')
  mkdirSync(project)
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], { cwd: project })
  const source = readFileSync(scriptPath('short.ts'), 'utf8').replace("'2s'", "'1s'")
  writeFileSync(join(project, 'scenario.ts'), source)
  git('init', '-q')
  git('add', '.')
  git('commit', '-qm', 'one')
  writeFileSync(join(project, 'scenario.ts'), source.replace("'orders.created'", "'orders.created', { size: 4_000 }"))
  const args = ['-n', '1', '--calibrate', '--a', 'ref=HEAD', '--metric', 'data_sent']
  const { squall: second, code, stdout } = await duel(t, join(project, 'scenario.ts'), args)
  t.is(code, 0)
  t.regex(stdout, /data_sent count · only/)
  t.regex(stdout, /A against itself: no verdict\./)
  const stages = stateIn(second.tmp).runs.map(({ stage, side }: Record<string, string>) => `${stage} ${side}`)
  t.deepEqual(stages.sort(), ['calibration a', 'calibration b', 'duel a', 'duel b'])
  t.regex(git('worktree', 'list').toString(), /^[^\n]+\n$/)
})
