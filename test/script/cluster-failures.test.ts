import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { project } from './project.ts'
import { root, squall } from './squall.ts'

const scenario = join(root, 'scripts/cluster-failures.ts')
const nodes = (value: string) => ['--env', `JETSTREAM_CLUSTER_NODES=${value}`]
const quorum = (value: string) => ['--env', `JETSTREAM_QUORUM_SIZE=${value}`]

const bad: readonly [what: string, options: readonly string[], told: string][] = [
  ...['0', '1', '2', '100', '-3', '3.5', 'three', ''].map((value): [string, string[], string] => [
    `"${value}" nodes`,
    nodes(value),
    `JETSTREAM_CLUSTER_NODES is "${value}"; it must be a whole number from 3 to 9`,
  ]),
  ...['0', 'two', '', '100'].map((value): [string, string[], string] => [
    `a quorum of "${value}"`,
    quorum(value),
    `JETSTREAM_QUORUM_SIZE is "${value}"; it must be a whole number from 1 to 9`,
  ]),
  ['a quorum that is none', quorum('1'), 'JETSTREAM_QUORUM_SIZE is 1; of 3 nodes 2 make a quorum'],
  [
    'the quorum of a smaller cluster',
    [...nodes('5'), ...quorum('2')],
    'JETSTREAM_QUORUM_SIZE is 2; of 5 nodes 3 make a quorum',
  ],
]

for (const [what, options, told] of bad) {
  test(`the cluster scenario refuses ${what}, and starts nothing`, async (t) => {
    const folder = await project(t, {})
    const { code, stdout, stderr } = await squall(folder, 'run', scenario, ...options)
    t.is(code, 104)
    t.is(stdout, '')
    t.true(stderr.split('\n')[0]!.endsWith(`importing the script threw Error: ${told}`), stderr)
    t.deepEqual(await readdir(folder), [])
  })
}

for (const options of [nodes('5'), [...nodes('5'), ...quorum('3')], nodes('4'), []]) {
  test(`the cluster scenario takes ${options.join(' ') || 'no settings at all'}`, async (t) => {
    const { code, stderr } = await squall(await project(t, {}), 'inspect', scenario, ...options)
    t.is(code, 0, stderr)
  })
}
