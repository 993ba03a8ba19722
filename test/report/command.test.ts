import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { promisify } from 'node:util'
import test from 'ava'
import { reportCommand } from '../../lib/cli/report.ts'
import { UserError } from '../../lib/errors.ts'
import { renderSummary, writeReport } from '../../lib/report/index.ts'
import { fixtureReport } from './fixture.ts'
import { ownFolder } from './folder.ts'

const run = promisify(execFile)

/** `squall report …` in a process of its own, as its output belongs to a process. */
async function squallReport(...args: readonly string[]): Promise<string> {
  const script = `
    import { reportCommand } from './lib/cli/report.ts'
    await reportCommand().parseAsync(process.argv.slice(1), { from: 'user' })`
  const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, TERM: 'xterm' }
  const { stdout } = await run(
    process.execPath,
    ['--import=tsx', '--input-type=module', '--eval', script, '--', ...args],
    { env },
  )
  return stdout
}

test('the summary again, and where it is from', async (t) => {
  const path = join(await ownFolder(t), 'run.json')
  const report = fixtureReport()
  await writeReport(report, path)
  const summary = renderSummary(report, { colour: false, width: 100 })
  t.is(await squallReport(path), `${summary}report: ${relative(process.cwd(), path)}\n`)
})

test('the report itself, byte by byte', async (t) => {
  const path = join(await ownFolder(t), 'run.json')
  await writeReport(fixtureReport(), path)
  t.is(await squallReport(path, '--json'), await readFile(path, 'utf8'))
})

test('what is no report is an error of the user', async (t) => {
  const path = join(await ownFolder(t), 'gone.json')
  const error = await t.throwsAsync(reportCommand().parseAsync([path], { from: 'user' }), { instanceOf: UserError })
  t.is(error.exitCode, 104)

  const whole = JSON.stringify(fixtureReport())
  const bad: [string, RegExp][] = [
    ['', /is not JSON \(the file is empty\)\.$/],
    [whole.slice(0, 5_000), /is not a Squall report: it is not JSON/],
    ['{"hello":1}', /is not a Squall report: it has no "format"/],
    [whole.replace('"version":1', '"version":99'), /made by a newer Squall, report version 99/],
  ]
  for (const [text, sentence] of bad) {
    await writeFile(path, text)
    const refused = await t.throwsAsync(reportCommand().parseAsync([path], { from: 'user' }), {
      instanceOf: UserError,
      message: sentence,
    })
    t.is(refused.exitCode, 104)
  }
})
