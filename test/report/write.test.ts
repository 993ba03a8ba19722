import { execFile } from 'node:child_process'
import { chmod, mkdir, readdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import test from 'ava'
import { UserError } from '../../lib/errors.ts'
import { type Report, readReport, renderSummary, requirePlace, writeReport } from '../../lib/report/index.ts'
import { fixtureReport } from './fixture.ts'
import { ownFolder } from './folder.ts'

const run = promisify(execFile)

test('what is written is read back, and says the same', async (t) => {
  const path = join(await ownFolder(t), 'run.json')
  const report = fixtureReport()
  await writeReport(report, path)
  const again = await readReport(path)
  t.deepEqual(again, report)
  const options = { colour: true, width: 100 }
  t.is(renderSummary(again, options), renderSummary(report, options))
})

test('folders above it are made, nothing else is left', async (t) => {
  const folder = await ownFolder(t)
  await writeReport(fixtureReport(), join(folder, 'a/b/run.json'))
  t.deepEqual(await readdir(join(folder, 'a/b')), ['run.json'])
})

test('an older report is replaced, behind a symbolic link too', async (t) => {
  const folder = await ownFolder(t)
  await writeFile(join(folder, 'run.json'), 'old')
  await symlink('run.json', join(folder, 'latest.json'))
  await writeReport(fixtureReport(), join(folder, 'latest.json'))
  t.is(await readlink(join(folder, 'latest.json')), 'run.json')
  t.is((await readReport(join(folder, 'run.json'))).id, fixtureReport().id)
})

test('a name as long as names may be', async (t) => {
  const path = join(await ownFolder(t), 'x'.repeat(255))
  await writeReport(fixtureReport(), path)
  t.is((await readReport(path)).id, fixtureReport().id)
})

test('a folder is not a place for a report', async (t) => {
  const folder = await ownFolder(t)
  const error = await t.throwsAsync(writeReport(fixtureReport(), folder), { instanceOf: UserError })
  t.is(error.message, `The report could not be written to ${folder}: it is a folder (EISDIR).`)
  t.deepEqual(await readdir(folder), [])
})

test('nor is a path through a file', async (t) => {
  const folder = await ownFolder(t)
  await writeFile(join(folder, 'file'), '')
  const path = join(folder, 'file/run.json')
  const error = await t.throwsAsync(writeReport(fixtureReport(), path), { instanceOf: UserError })
  t.is(
    error.message,
    `The report could not be written to ${path}: a part of the path is a file, not a folder (ENOTDIR).`,
  )
})

const asUser = process.getuid?.() === 0 ? test.skip : test
asUser('a folder that may not be written to', async (t) => {
  const folder = join(await ownFolder(t), 'locked')
  await mkdir(folder)
  await chmod(folder, 0o500)
  const path = join(folder, 'run.json')
  const error = await t.throwsAsync(writeReport(fixtureReport(), path), { instanceOf: UserError })
  t.is(error.message, `The report could not be written to ${path}: permission denied (EACCES).`)
  await chmod(folder, 0o700)
})

const onLinux = process.platform === 'linux' ? test : test.skip
onLinux('a place where nobody may write, not even root', async (t) => {
  const error = await t.throwsAsync(writeReport(fixtureReport(), '/sys/run.json'), { instanceOf: UserError })
  t.regex(
    error.message,
    /^The report could not be written to \/sys\/run\.json: (permission denied|operation not permitted|the file system is read-only) \(E\w+\)\.$/,
  )
})

onLinux('where a report is sure to fail is known beforehand', async (t) => {
  const folder = await ownFolder(t)
  await writeFile(join(folder, 'file'), '')
  for (const [path, reason] of [
    [folder, /it is a folder/],
    ['', /the path is empty/],
    [join(folder, 'file', 'run.json'), /a part of the path is a file/],
  ] as const) {
    await t.throwsAsync(requirePlace(path), { instanceOf: UserError, message: reason })
  }
  for (const path of [join(folder, 'new', 'run.json'), join(folder, 'file'), '/dev/full', 'run.json']) {
    await t.notThrowsAsync(requirePlace(path))
  }
})

onLinux('a full device', async (t) => {
  const error = await t.throwsAsync(writeReport(fixtureReport(), '/dev/full'), { instanceOf: UserError })
  t.is(error.message, 'The report could not be written to /dev/full: no space left on the disk (ENOSPC).')
  t.is(error.hint, 'Choose another place for it.')
})

onLinux('a device is written to and not replaced', async (t) => {
  await t.notThrowsAsync(writeReport(fixtureReport(), '/dev/null'))
  t.is(await readFile('/dev/null', 'utf8'), '')
})

onLinux('a write that fails half-way leaves the old report and no other file', async (t) => {
  const folder = await ownFolder(t)
  const path = join(folder, 'run.json')
  await writeFile(path, 'old')
  // A process that may write no file beyond 8 KiB, half of the report: the nearest to a full disk without root.
  const script = `
    import { execFileSync } from 'node:child_process'
    import { writeReport } from './lib/report/index.ts'
    import { fixtureReport } from './test/report/fixture.ts'
    execFileSync('prlimit', ['--pid', String(process.pid), '--fsize=8192'])
    await writeReport(fixtureReport(), process.argv[1]).catch(({ name, message }) => console.log(name + ': ' + message))`
  const { stdout } = await run(process.execPath, ['--import=tsx', '--input-type=module', '--eval', script, path])
  t.is(
    stdout,
    `UserError: The report could not be written to ${path}: the file would be larger than is allowed here (EFBIG).\n`,
  )
  t.deepEqual(await readdir(folder), ['run.json'])
  t.is(await readFile(path, 'utf8'), 'old')
})

test('a number that is none is refused rather than stored as null', async (t) => {
  const folder = await ownFolder(t)
  const report: Report = fixtureReport({ durationMs: Number.NaN })
  const error = await t.throwsAsync(writeReport(report, join(folder, 'run.json')), { instanceOf: TypeError })
  t.is(error.message, '"durationMs" is NaN in the report; it must be a finite number')
  t.deepEqual(await readdir(folder), [])
})
