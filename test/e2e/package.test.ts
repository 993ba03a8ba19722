import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import test from 'ava'
import { readReport } from '../../lib/report/index.ts'

const execute = promisify(execFile)
const repo = fileURLToPath(new URL('../../', import.meta.url))

test.serial('packed and installed in a project of its own, it runs a script there, with types', async (t) => {
  const project = await mkdtemp(join(tmpdir(), 'squall-package-'))
  t.teardown(() => rm(project, { recursive: true, force: true }))
  // npm test's own settings would be taken for this project's.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('npm_')))
  const inProject = (command: string, ...args: string[]) => execute(command, args, { cwd: project, env })

  // The build is there: packing must not make it again under other tests.
  const packed = await execute('npm', ['pack', '--ignore-scripts', '--pack-destination', project], { cwd: repo, env })
  const tarball = packed.stdout.trim().split('\n').at(-1)!
  await writeFile(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  await inProject('npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', `./${tarball}`)

  await inProject('npx', '--no-install', 'squall', 'new', 'orders', '--template', 'minimal')
  const tsconfig = {
    compilerOptions: { module: 'nodenext', strict: true, noEmit: true, types: [] },
    files: ['orders.ts'],
  }
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify(tsconfig))
  const tsc = join(repo, 'node_modules', 'typescript', 'bin', 'tsc')
  await t.notThrowsAsync(
    inProject(process.execPath, tsc, '-p', '.'),
    'the script type-checks against the installed types',
  )

  const run = [
    '--no-install',
    'squall',
    'run',
    'orders.ts',
    '--time-scale',
    '0.3',
    '--max-lag',
    '5s',
    '--out',
    'report.json',
  ]
  const { stdout } = await inProject('npx', ...run)
  t.regex(stdout, /^PASSED/m)
  const report = await readReport(join(project, 'report.json'))
  t.is(report.plan.script.path, 'orders.ts')
  t.is(report.ledger!.sent, 300)

  const sent = await inProject('npx', '--no-install', 'squall', 'report', 'report.json', '--otlp').catch(
    (error) => error,
  )
  t.is(sent.code, 104, 'OpenTelemetry is for those who want it: nothing installs it unasked')
  t.regex(sent.stderr, /--otlp needs the OpenTelemetry SDK, .* not installed\.\n.*npm install @opentelemetry\/api/s)
})
