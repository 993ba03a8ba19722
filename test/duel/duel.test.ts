import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { aloneIn } from '../../lib/duel/alone.ts'
import { checkComparable } from '../../lib/duel/check-comparable.ts'
import { lastAlpha, lookAfter, lookAlpha } from '../../lib/duel/looks.ts'
import { orderOf } from '../../lib/duel/order.ts'
import { argumentsOf, parseSides, variedBy } from '../../lib/duel/side.ts'
import { type DuelSettings, openState, writeState } from '../../lib/duel/state.ts'
import { UserError } from '../../lib/errors.ts'
import { parseWanted } from '../../lib/report/index.ts'
import { runs } from '../report/builds.ts'

test('each pair has both sides, each block is balanced, and the seed decides', (t) => {
  for (let seed = 0; seed < 50; seed += 1) {
    const order = orderOf(8, seed)
    t.is(order.length, 16)
    for (let pair = 0; pair < 8; pair += 1) t.deepEqual(order.slice(2 * pair, 2 * pair + 2).sort(), ['a', 'b'])
    for (let block = 0; block < 4; block += 1) {
      t.true(['abba', 'baab'].includes(order.slice(4 * block, 4 * block + 4).join('')))
    }
    t.deepEqual(orderOf(8, seed), order)
  }
  t.is(new Set(Array.from({ length: 50 }, (_, seed) => orderOf(8, seed).join(''))).size > 8, true)
  t.is(orderOf(3, 1).length, 6)
})

test('sides: what they run with, how they are named, and what they differ in', (t) => {
  const [a, b] = parseSides(['env.DELAY=1ms', 'nats-server=/old'], ['env.DELAY=6ms', 'label=new'], ['max-lag=1m'])
  t.is(a.label, 'env.DELAY=1ms nats-server=/old')
  t.deepEqual(argumentsOf(b), ['--build', 'new', '--max-lag', '1m', '--env', 'DELAY=6ms'])
  t.deepEqual(variedBy([a, b]), ['env'])
  t.deepEqual(
    parseSides([], [], []).map(({ label }) => label),
    ['A', 'B'],
  )
  t.deepEqual(variedBy(parseSides(['time-scale=2'], [], [])), ['time-scale', 'phases'])
  t.deepEqual(variedBy(parseSides(['ref=abc', 'toxiproxy=real'], [], [])), ['script', 'toxiproxy'])
  t.deepEqual(variedBy(parseSides([], ['driver=netns'], [])), ['driver'])
  t.throws(() => parseSides(['nats-servr=/old'], [], []), { message: /--a has no nats-servr/ })
  t.throws(() => parseSides([], ['env.X'], []), { message: /KEY=VALUE/ })
  t.throws(() => parseSides([], [], ['env.NAME=']), { message: /KEY=VALUE/ })
})

test('a look leaves enough for the end', (t) => {
  t.is(lookAfter(6), undefined)
  t.is(lookAfter(8), 6)
  t.is(lookAfter(20), 10)
  t.true(lookAlpha + lastAlpha <= 0.05 + 1e-12)
})

test('what a whole duel would be worthless for is told after its first pair', (t) => {
  const [a, b] = [runs('a', 1, 1), runs('b', 1, 1)]
  checkComparable([a, b], { wanted: [parseWanted('time_to_drain:max')] }, [])
  t.throws(() => checkComparable([a, b], { wanted: [parseWanted('publish_latncy')] }, []), {
    message: 'There is no metric publish_latncy in these reports.',
  })
  t.throws(() => checkComparable([a, b], { wanted: [parseWanted('publish_latency:rate')] }, []), {
    message: /has no rate/,
  })
  const elsewhere = runs('b', 1, 1, { environment: { ...b[0]!.environment, hostname: 'elsewhere' } })
  const refused = t.throws(() => checkComparable([a, elsewhere], {}, []), { instanceOf: UserError })!
  t.regex(refused.message, /will not be comparable. The host differs/)
  t.regex(refused.hint!, /another folder \(--out\)/)
  checkComparable([a, elsewhere], { force: true }, [])
})

test('what the system does not allow in a folder is one sentence', async (t) => {
  const file = join(await mkdtemp(join(tmpdir(), 'squall-duel-')), 'file')
  await writeFile(file, '')
  const error = await t.throwsAsync(
    aloneIn(join(file, 'duel'), async () => t.fail()),
    { name: 'UserError' },
  )
  t.is(
    error.message,
    `The report could not be written to ${file}/duel/state.json: a part of the path is a file, not a folder (ENOTDIR).`,
  )
})

test('a folder goes on with its own duel, and takes no other', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'squall-duel-'))
  const settings: DuelSettings = {
    script: '/x.ts',
    sides: parseSides([], [], []),
    runs: 8,
    seed: 1,
    calibrate: false,
    earlyStop: false,
  }
  const state = await openState(folder, settings)
  t.deepEqual(state.runs, [])
  const run = { stage: 'duel', place: 0, side: 'a', file: 'runs/01-a.json', verdict: 'passed', counted: true } as const
  await writeState(folder, { ...state, runs: [run] })
  t.deepEqual((await openState(folder, settings)).runs, [run])
  await t.throwsAsync(openState(folder, { ...settings, seed: 2 }), { message: /holds another duel/ })
  for (const text of ['', '{', '[]', 'null', '{"format":"squall-duel","version":2,"runs":[]}']) {
    await writeFile(join(folder, 'state.json'), text)
    await t.throwsAsync(openState(folder, settings), { message: /is not the state of a duel/, name: 'UserError' })
  }
})
