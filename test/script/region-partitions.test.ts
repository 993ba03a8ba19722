import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { project } from './project.ts'
import { root, squall } from './squall.ts'

const scenario = join(root, 'scripts/region-partitions.ts')
const set = (...settings: readonly string[]) => settings.flatMap((setting) => ['--env', setting])

const bad: readonly [settings: readonly string[], told: string][] = [
  ...['1', '0', '6', '2.5', 'two', ''].map((value): [string[], string] => [
    [`REGION_COUNT=${value}`],
    `REGION_COUNT is "${value}"; it must be a whole number from 2 to 5`,
  ]),
  [['REGION_B_ENABLED=false'], '1 of 2 regions is enabled; there must be two that a partition can part'],
  [['REGION_C_ENABLED=true'], 'REGION_C_ENABLED is set, and there is no region c: REGION_COUNT makes a, b'],
  [['REGION_B_ENABLED=no'], 'REGION_B_ENABLED is "no"; it must be true or false'],
  [
    ['REGION_COUNT=3', 'REGION_B_ENABLED=false', 'PARTITIONED=a,b'],
    'PARTITIONED has region "b", and REGION_B_ENABLED is false; there are a, c',
  ],
  [['PARTITIONED=west'], 'PARTITIONED has region "west", and there is no such region; there are a, b'],
  [['VIA=vpn'], 'VIA is "vpn"; it must be leafnodes or gateways'],
  [['RATE=many'], 'RATE is "many"; it must be a whole number from 1 to 1,000,000'],
]

for (const [settings, told] of bad) {
  test(`the region scenario refuses ${settings.join(' ')}, and starts nothing`, async (t) => {
    const folder = await project(t, {})
    const { code, stdout, stderr } = await squall(folder, 'run', scenario, ...set(...settings))
    t.is(code, 104)
    t.is(stdout, '')
    t.true(stderr.split('\n')[0]!.endsWith(`importing the script threw Error: ${told}`), stderr)
    t.deepEqual(await readdir(folder), [])
  })
}

test('a region that is left out is not started, copied or cut off', async (t) => {
  const settings = set('REGION_COUNT=3', 'REGION_B_ENABLED=false', 'REGION_NODES=1')
  const { code, stdout, stderr } = await squall(await project(t, {}), 'inspect', scenario, ...settings)
  t.is(code, 0, stderr)
  t.regex(stdout, /2 nats-servers \(a1, c1\)/)
  t.regex(stdout, /roundRobinRegion\(a, c\)/)
  t.regex(stdout, /stream +COPY_c mirrors ORDERS_a, file, R1, region c\n/)
  t.false(/\bb1\b|_b\b/.test(stdout), stdout)
})

for (const settings of [
  [],
  ['VIA=gateways'],
  ['REGION_COUNT=5', 'REGION_NODES=1'],
  ['REGION_COUNT=3', 'VIA=gateways'],
]) {
  test(`the region scenario takes ${settings.join(' ') || 'no settings at all'}`, async (t) => {
    const { code, stdout, stderr } = await squall(await project(t, {}), 'inspect', scenario, ...set(...settings))
    t.is(code, 0, stderr)
    t.is(stdout.match(/ cut#\d /g)?.length, 7)
  })
}
