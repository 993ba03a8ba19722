import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test, { type ExecutionContext } from 'ava'
import { findBinary } from '../../lib/binaries/index.ts'
import { type Report, readReport, sumCounters, sumRates } from '../../lib/report/index.ts'

/** The built command: what users run. */
export const cli = fileURLToPath(new URL('../../dist/lib/cli/main.js', import.meta.url))

export const scriptPath = (name: string) => fileURLToPath(new URL(`./scripts/${name}`, import.meta.url))

export interface Finished {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** A `squall` command under way, in a folder of its own. */
export class Squall {
  readonly child: ChildProcess
  readonly finished: Promise<Finished>
  /** In the environment of everything it starts. */
  readonly mark: string
  readonly tmp: string
  #output = ''
  #isOver = false

  private constructor(child: ChildProcess, mark: string, tmp: string) {
    this.child = child
    this.mark = mark
    this.tmp = tmp
    let stdout = ''
    let stderr = ''
    child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
      this.#output += text
    })
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
      this.#output += text
    })
    this.finished = new Promise((resolve) => {
      child.once('close', (code, signal) => {
        this.#isOver = true
        resolve({ code, signal, stdout, stderr })
      })
    })
  }

  static async start(t: ExecutionContext, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Squall> {
    const mark = randomUUID()
    const tmp = await mkdtemp(join(tmpdir(), 'squall-test-'))
    const child = spawn(process.execPath, [cli, ...args], {
      cwd: tmp,
      env: { ...process.env, NO_COLOR: '1', TMPDIR: tmp, SQUALL_TEST_MARK: mark, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const squall = new Squall(child, mark, tmp)
    t.teardown(async () => {
      child.kill('SIGKILL')
      await squall.finished
      // What cleans up after one that was killed may still be at work there.
      await rm(tmp, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
    })
    return squall
  }

  /** Resolves when the output so far matches. */
  async said(pattern: RegExp): Promise<void> {
    await until(() => pattern.test(this.#output) || this.#isOver, `output matching ${pattern}`)
    if (!pattern.test(this.#output)) throw new Error(`squall ended without saying ${pattern}:\n${this.#output}`)
  }

  /** Lets a script go on that waits for `told()` of scripts/told.ts. */
  async tell(): Promise<void> {
    await writeFile(join(this.tmp, 'told'), '')
  }

  /** What it started and is still running: its own process not counted. */
  async leftovers(): Promise<string[]> {
    return [...(await this.#started()).values()]
  }

  /** Of what it started and is still running, the processes whose command matches. */
  async pids(command: RegExp): Promise<number[]> {
    return [...(await this.#started())].flatMap(([pid, started]) => (command.test(started) ? [pid] : []))
  }

  async #started(): Promise<Map<number, string>> {
    const found = new Map<number, string>()
    for (const pid of (await readdir('/proc')).map(Number)) {
      if (!Number.isInteger(pid) || pid === this.child.pid) continue
      const environ = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '')
      if (!environ.includes(`SQUALL_TEST_MARK=${this.mark}`)) continue
      found.set(pid, (await readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '')).replaceAll('\0', ' '))
    }
    return found
  }

  /** Temporary folders of runs that are still there. */
  async runFolders(): Promise<string[]> {
    return (await readdir(this.tmp)).filter((name) => name.startsWith('squall-') && name !== 'squall-reports')
  }

  /** Fails unless every process ends and every folder goes away. */
  async assertNothingLeft(t: ExecutionContext): Promise<void> {
    await until(async () => (await this.leftovers()).length === 0, 'no process to be left')
    await until(async () => (await this.runFolders()).length === 0, 'no run folder to be left')
    t.pass()
  }

  async report(): Promise<Report> {
    return readReport(join(this.tmp, 'report.json'))
  }
}

/** For tests that would make the suite too long: `SQUALL_TEST_LONG=1 npm test` runs them too. */
export const longTest = process.env.SQUALL_TEST_LONG === '1' ? test.serial : test.serial.skip

/** Says so and passes where there is no HAProxy and none is required. */
export async function isWithoutHaproxy(t: ExecutionContext): Promise<boolean> {
  if (process.env.SQUALL_REQUIRE_REAL || (await findBinary('haproxy'))) return false
  t.log('skipped: there is no haproxy here; `squall setup` as root installs it')
  t.pass()
  return true
}

/** For tests that are not about the generator's own speed: they must hold on a busy machine too. */
export const patient = ['--max-lag', '1m']

/**
 * Runs a script of test/e2e/scripts to its end, patiently unless told otherwise; the report goes to `report.json` in the run's own folder.
 * A script that waits to be told is, once the run has said `tellWhen`.
 */
export async function runScript(
  t: ExecutionContext,
  script: string,
  args: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
  tellWhen?: RegExp,
): Promise<{ squall: Squall; finished: Finished; report: Report }> {
  const squall = await Squall.start(t, ['run', scriptPath(script), '--out', 'report.json', ...patient, ...args], env)
  if (tellWhen) {
    await squall.said(tellWhen)
    await squall.tell()
  }
  const finished = await squall.finished
  t.log(finished.stdout)
  if (finished.code === 104 || finished.code === 1) t.log(finished.stderr)
  return { squall, finished, report: await squall.report() }
}

/** Polls a condition; fails after a minute with what was waited for. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  timeoutMs = 60_000,
): Promise<void> {
  const deadline = performance.now() + timeoutMs
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`waited ${timeoutMs} ms for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

/** All series of a metric with these tags. */
export function seriesWith(report: Report, metric: string, tags: Record<string, string>) {
  return report.series.filter(
    (series) => series.metric === metric && Object.entries(tags).every(([key, value]) => series.tags[key] === value),
  )
}

/** The one series of a metric under exactly these tags. */
export function seriesOf(report: Report, metric: string, tags: Record<string, string>) {
  const [found] = seriesWith(report, metric, tags)
  if (!found) throw new Error(`no ${metric} with ${JSON.stringify(tags)} in the report`)
  return found
}

export function trendOf(report: Report, metric: string, tags: Record<string, string>) {
  const { value } = seriesOf(report, metric, tags)
  if (value.kind !== 'trend') throw new Error(`${metric} is a ${value.kind}`)
  return value
}

/** The share of trues over all series of a rate with these tags. */
export function rateOf(report: Report, metric: string, tags: Record<string, string>): number {
  const { trues, total } = sumRates(seriesWith(report, metric, tags))
  if (total === 0) throw new Error(`no ${metric} with ${JSON.stringify(tags)} in the report`)
  return trues / total
}

/** The sum of a counter over all its series with these tags. */
export function countOf(report: Report, metric: string, tags: Record<string, string> = {}): number {
  return sumCounters(seriesWith(report, metric, tags))
}
