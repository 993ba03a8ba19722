import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { templateNames, templates } from '../../lib/script/templates/index.ts'
import { project, steady } from './project.ts'
import { root, run, squall } from './squall.ts'

/** A folder in which Squall is installed. */
async function withSquall(t: ExecutionContext, files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await project(t, files)
  await mkdir(join(folder, 'node_modules'))
  await symlink(root, join(folder, 'node_modules/squall'))
  return folder
}

test('a mistake is told with file, line and column, below the folder it is called in, and 104', async (t) => {
  const folder = await project(t, {
    'scripts/script.ts': `import { at, type Phase } from 'squall'
import { slow } from './slow.ts'
interface Wide { a: number }

export const phases: Phase[] = [{ name: 'a', duration: '5s', rate: 5, faults: [at('1s', slow)] }]
export const load = () => {}
`,
    'scripts/slow.ts': `import { latency } from 'squall'
type Unused = string

export const slow = latency({
  delay: 'long',
})
`,
  })
  const { code, stdout, stderr } = await squall(folder, 'inspect', 'scripts/script.ts')
  t.is(stdout, '')
  t.is(
    stderr,
    'scripts/slow.ts:5:3: phases[0].faults[0].fault.delay is "long"; it must be a duration such as "250ms", "30s", "1h30m", or a number of milliseconds\n',
  )
  t.is(code, 104)
})

test('a throw in an imported file is told at its line, and run starts nothing', async (t) => {
  const folder = await project(t, {
    'script.ts': `import './lib/config.ts'${steady}`,
    'lib/config.ts': "interface Config { a: number }\n\nthrow new Error('no host is set')\n",
  })
  for (const command of ['inspect', 'run']) {
    const { code, stdout, stderr } = await squall(folder, command, 'script.ts')
    t.is(stdout, '')
    t.true(stderr.startsWith('lib/config.ts:3:7: importing the script threw Error: no host is set\n'), stderr)
    t.is(code, 104)
  }
})

test('a promise that a script forgot, and that fails, is told as what it is', async (t) => {
  const folder = await project(t, {
    'script.ts': `export const config = read()\nasync function read() {\n  throw new Error('no config')\n}${steady}`,
  })
  const { code, stdout, stderr } = await squall(folder, 'inspect', 'script.ts')
  t.is(stdout, '')
  t.true(stderr.startsWith('script.ts:3:9: importing the script threw Error: no config\n'), stderr)
  t.is(code, 104)
  t.deepEqual(await readdir(folder), ['script.ts'])
})

test('a script that leaves something running is inspected all the same', async (t) => {
  const folder = await project(t, { 'script.ts': `setInterval(() => {}, 1_000)${steady}` })
  const { code, stdout } = await squall(folder, 'inspect', 'script.ts')
  t.regex(stdout, /^phases, 5s in all$/m)
  t.is(code, 0)
})

test('each template is a script that inspect accepts, and has the types that the package declares', async (t) => {
  const folder = await withSquall(t, {})
  for (const name of templateNames) {
    t.is((await squall(folder, 'new', name, '--template', name)).code, 0)
    const { code, stdout, stderr } = await squall(folder, 'inspect', `${name}.ts`)
    t.is(code, 0, stderr)
    t.regex(stdout, new RegExp(`^script +${name}\\.ts `))
  }
  const compilerOptions = { module: 'nodenext', strict: true, noEmit: true, types: [], target: 'es2022' }
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }))
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  await t.notThrowsAsync(run(process.execPath, [compiler, '-p', folder]))
  // Were `squall` not found, everything from it would be `any`, and no mistake would be one.
  await writeFile(join(folder, 'wrong.ts'), templates.minimal.replace('duration:', 'durration:'))
  await t.throwsAsync(run(process.execPath, [compiler, '-p', folder]))
})
