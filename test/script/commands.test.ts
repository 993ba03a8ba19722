import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { type PlanFlags, planOptionsFrom } from '../../lib/cli/plan-options.ts'
import { UserError } from '../../lib/errors.ts'
import { templateNames, templates } from '../../lib/script/templates/index.ts'
import { plan, project, refusal, steady } from './project.ts'
import { squall } from './squall.ts'

test('inspect prints the plan, in words or as JSON, and leaves nothing behind', async (t) => {
  const folder = await project(t, {
    'script.ts': `import { at, down } from 'squall'
export const phases = [
  { name: 'calm', duration: '10s', rate: Number(process.env.RATE) },
  { name: 'storm', duration: '1m', rate: 100, faults: [at('30s', down({ link: 'consumers' }), { for: '20s' })] },
]
export const thresholds = { lost: 'count == 0' }
export function load() {}
`,
  })
  const options = ['--env', 'RATE=50', '--seed', '7', '--time-scale', '0.1']
  const words = await squall(folder, 'inspect', 'script.ts', ...options)
  t.is(words.stderr, '')
  t.is(words.code, 0)
  t.regex(words.stdout, /^seed +7, time scale 0\.1$/m)
  t.regex(words.stdout, /^ +calm +1s +50\/s, constant arrivals; at most 1,000 in flight$/m)
  t.regex(words.stdout, /^ +4s +down:consumers#1 +down on consumers +until 6s +\(storm\)$/m)
  t.regex(words.stdout, /^ +lost: count == 0$/m)

  const json = await squall(folder, 'inspect', '--json', 'script.ts', ...options)
  const printed = JSON.parse(json.stdout)
  t.like(printed.options, { seed: 7, timeScale: 0.1, env: { RATE: '50' } })
  t.is(printed.phases[1].faults[0].atMs, 3_000)
  t.deepEqual(await readdir(folder), ['script.ts'])
})

// In a process of their own: in the test's they would be the end of it.
for (const [label, code, text] of [
  [
    'that ends its process',
    "import { exit } from './exit.ts'\nexit()",
    /^exit\.ts:1:35: the script called process\.exit\(0\) while it was imported; it may not end Squall$/m,
  ],
  [
    'that throws in a timer',
    "setTimeout(() => { throw new Error('late') })\nawait new Promise((resolve) => setTimeout(resolve, 500))",
    /^script\.ts:1:26: importing the script threw Error: late$/m,
  ],
] as const) {
  test(`refused: a script ${label}`, async (t) => {
    const exit = 'export const exit = () => process.exit(0)\n'
    const folder = await project(t, { 'script.ts': `${code}${steady}`, 'exit.ts': exit })
    const { stdout, stderr, code: exitCode } = await squall(folder, 'inspect', 'script.ts')
    t.regex(stderr, text)
    t.is(stdout, '')
    t.is(exitCode, 104)
    t.deepEqual((await readdir(folder)).sort(), ['exit.ts', 'script.ts'])
  })
}

test('inspect shows no secret of a cluster that is there', async (t) => {
  const folder = await project(t, {
    'script.ts': `import { external } from 'squall'
export const topology = external({
  servers: { n1: process.env.SERVER! },
  monitoring: { n1: 'http://127.0.0.1:8222' },
})${steady}`,
  })
  const env = ['SERVER=nats://al%20ice:s%2Fcr@127.0.0.1:4222', 'PASSWORD=s/cr', 'RATE=50'].flatMap((pair) => [
    '--env',
    pair,
  ])
  const { stdout, code } = await squall(folder, 'inspect', '--json', 'script.ts', ...env)
  t.is(code, 0)
  t.notRegex(stdout, /s\/cr|s%2Fcr|al ice/)
  t.deepEqual(JSON.parse(stdout).options.env, { SERVER: '…', PASSWORD: '…', RATE: '50' })
})

for (const [label, options, faults, said] of [
  [
    'users in URLs that are asked without',
    "servers: { n1: 'nats://127.0.0.1:4222' }, monitoring: { n1: 'http://alice:s3cr@127.0.0.1:8222' }",
    '',
    /topology has a user in a URL of monitoring or toxiproxy/,
  ],
  [
    'a URL that is none',
    "servers: { n1: 'nats://alice:s3cr@127.0.0.1:99999' }, monitoring: { n1: 'http://127.0.0.1:8222' }",
    '',
    /topology\.servers is \{ n1: 'nats:\/\/…@127\.0\.0\.1:99999' \}; it must name the URLs/,
  ],
  [
    'a fault on a link where there is no Toxiproxy',
    "servers: { n1: 'nats://127.0.0.1:4222' }, monitoring: { n1: 'http://127.0.0.1:8222' }",
    "at('1s', down({ link: 'publishers' }))",
    /link is "publishers"; there is no such link: external\(\) has none; each is a proxy/,
  ],
] as const) {
  test.serial(`external() refuses ${label}, and says no password`, async (t) => {
    const text = await refusal(
      t,
      `import { at, down, external } from 'squall'
export const topology = external({ ${options} })
export const phases = [{ name: 'steady', duration: '5s', rate: 100, faults: [${faults}] }]
export async function load() {}
`,
    )
    t.regex(text, said)
    t.notRegex(text, /s3cr/)
  })
}

test('inspect says what is wrong with a script, 104, and leaves nothing behind', async (t) => {
  const folder = await project(t, { 'script.ts': steady.replace('duration', 'duraton') })
  const { code, stdout, stderr } = await squall(folder, 'inspect', 'script.ts')
  t.is(code, 104)
  t.is(stdout, '')
  t.regex(stderr, /^script\.ts:2:\d+: phases\[0\]\.duraton is not an option; did you mean duration\?$/m)
  // A message for the user, and no stack.
  t.false(stderr.includes('    at '))
  t.deepEqual(await readdir(folder), ['script.ts'])
})

const flags: PlanFlags = { env: [] }
for (const [given, said] of [
  [{ env: ['RATE'] }, '--env is "RATE"; it must be NAME=VALUE'],
  [{ env: ['A=1', '=5'] }, '--env is "=5"; it must be NAME=VALUE'],
  [{ timeScale: '0' }, '--time-scale is "0"; it must be a number above 0 and at most 1,000, such as 0.02'],
  [{ timeScale: 'Infinity' }, '--time-scale is "Infinity"; it must be'],
  [{ timeScale: '' }, '--time-scale is ""; it must be'],
  [{ seed: '-1' }, '--seed is "-1"; it must be a whole number from 0 to 4294967295'],
  [{ seed: '1.5' }, '--seed is "1.5"; it must be'],
  [{ seed: ' ' }, '--seed is " "; it must be'],
  [{ maxLag: 'soon' }, '--max-lag is "soon"; it must be a duration such as'],
] as const) {
  test(`options refused: ${JSON.stringify(given)}`, (t) => {
    const error = t.throws(() => planOptionsFrom({ ...flags, ...given }), { instanceOf: UserError })
    t.true(error?.message.startsWith(said), error?.message)
  })
}

test('options: what is left out has its default, and a seed is drawn', (t) => {
  const { seed, ...others } = planOptionsFrom(flags)
  t.true(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32)
  t.deepEqual(others, { env: {}, timeScale: 1, maxLagMs: 20 })
  t.like(planOptionsFrom({ env: ['A=b=c', 'D='], seed: '0', timeScale: '0.5', maxLag: '5ms' }), {
    env: { A: 'b=c', D: '' },
    seed: 0,
    timeScale: 0.5,
    maxLagMs: 5,
  })
})

test('new writes a script and says what to do next, and never over another one unasked', async (t) => {
  const folder = await project(t, {})
  const made = await squall(folder, 'new', 'orders')
  t.is(made.code, 0)
  t.regex(made.stdout, /^next: squall run orders\.ts$/m)
  t.is(await readFile(join(folder, 'orders.ts'), 'utf8'), templates.jetstream)

  const again = await squall(folder, 'new', 'orders', '--template', 'minimal')
  t.is(again.code, 104)
  t.regex(again.stderr, /^orders\.ts is there already; .*--force/)
  t.is(await readFile(join(folder, 'orders.ts'), 'utf8'), templates.jetstream)

  t.is((await squall(folder, 'new', 'orders', '--template', 'minimal', '--force')).code, 0)
  t.is(await readFile(join(folder, 'orders.ts'), 'utf8'), templates.minimal)
})

test('new refuses a template that there is not, and a folder that there is not', async (t) => {
  const folder = await project(t, {})
  const unknown = await squall(folder, 'new', 'orders', '--template', 'kafka')
  t.is(unknown.code, 104)
  for (const name of templateNames) t.true(unknown.stderr.includes(name))
  const nowhere = await squall(folder, 'new', 'gone/orders')
  t.is(nowhere.code, 104)
  t.regex(nowhere.stderr, /^gone\/orders\.ts could not be written/)
  t.is((await squall(folder, 'new', '')).code, 104)
  t.deepEqual(await readdir(folder), [])
})

for (const name of templateNames) {
  test.serial(`the template ${name} is a script without a mistake`, async (t) => {
    t.true((await plan(t, templates[name])).phases.length > 0)
  })
}
