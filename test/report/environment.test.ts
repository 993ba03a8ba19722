import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import test from 'ava'
import { readBuild, readEnvironment } from '../../lib/report/index.ts'
import { ownFolder } from './folder.ts'

const run = promisify(execFile)

test('the environment tells of this machine and this Squall', (t) => {
  const environment = readEnvironment()
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  t.is(environment.squall, version)
  t.is(environment.node, process.version)
  t.true(environment.cores > 0 && environment.memoryBytes > 0)
})

test('a build is its label, its commit, or unknown', async (t) => {
  const cwd = await ownFolder(t)
  t.deepEqual(await readBuild({ cwd }), { label: 'unknown' })
  t.deepEqual(await readBuild({ cwd, label: 'v2' }), { label: 'v2' })

  const git = (...args: string[]) => run('git', ['-c', 'user.name=t', '-c', 'user.email=t@localhost', ...args], { cwd })
  await git('init', '--quiet')
  t.deepEqual(await readBuild({ cwd }), { label: 'unknown' }, 'a repository without a commit')

  await writeFile(join(cwd, 'file'), 'one')
  await git('add', 'file')
  await git('commit', '--quiet', '--message', 'one')
  const commit = (await git('rev-parse', 'HEAD')).stdout.trim()
  t.deepEqual(await readBuild({ cwd }), { label: commit.slice(0, 7), commit, dirty: false })

  await writeFile(join(cwd, 'stray'), '')
  t.false((await readBuild({ cwd })).dirty)
  await writeFile(join(cwd, 'file'), 'two')
  t.deepEqual(await readBuild({ cwd, label: 'v2' }), { label: 'v2', commit, dirty: true })
})

test('a folder that is not there has no build', async (t) => {
  t.deepEqual(await readBuild({ cwd: join(await ownFolder(t), 'gone') }), { label: 'unknown' })
})
