import { randomUUID } from 'node:crypto'
import { appendFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { basename, extname, join, relative } from 'node:path'
import { Command, Option } from 'commander'
import { requireBinary } from '../binaries/index.ts'
import { exitCode, formatError, UserError } from '../errors.ts'
import { LivePage } from '../live/index.ts'
import type { Pacing } from '../load/index.ts'
import { parseDuration } from '../measure/index.ts'
import { requireKernel } from '../netns/index.ts'
import { OtlpFeed, OtlpSender } from '../otlp/index.ts'
import {
  fileError,
  pageOutput,
  pathBeside,
  type Report,
  renderMarkdown,
  renderSummary,
  requirePlace,
  summaryOptions,
  writeOutput,
  writeReport,
} from '../report/index.ts'
import { conduct, createRunDir, defaultDrains, startReaper, type ToxiproxyChoice } from '../run/index.ts'
import { loadPlan, type Plan } from '../script/index.ts'
import { onInterrupt } from './interrupt.ts'
import { addPlanOptions, type PlanFlags, planOptionsFrom } from './plan-options.ts'
import { TerminalObserver } from './terminal-observer.ts'

interface RunFlags extends PlanFlags {
  readonly toxiproxy: string
  readonly natsServer?: string
  readonly toxiproxyServer?: string
  readonly haproxy?: string
  readonly driver: 'process' | 'netns'
  readonly pacing: 'auto' | Pacing
  readonly out?: string
  readonly build?: string
  /** False with `--no-html`. */
  readonly html?: string | false
  readonly ui?: string | true
  readonly otlp?: string | true
  readonly keep?: boolean
  readonly drain?: string
  readonly quiet?: boolean
}

/** `squall run script.ts`: everything from the script to the report. */
export function runCommand(): Command {
  const command = new Command('run')
    .description('run a scenario script and report what happened')
    .argument('<script>', 'the scenario script, TypeScript or JavaScript')
  addPlanOptions(command)
  return command
    .addOption(new Option('--toxiproxy <which>', 'embedded, real, or the URL of a running one').default('embedded'))
    .option('--nats-server <path>', 'the nats-server to run')
    .option('--toxiproxy-server <path>', 'the toxiproxy-server to run with --toxiproxy real')
    .option('--haproxy <path>', 'the haproxy to run in front of services')
    .addOption(
      new Option('--driver <which>', 'how regions are cut off: by their proxies, or by the kernel (netns: Linux, root)')
        .choices(['process', 'netns'])
        .default('process'),
    )
    .addOption(
      new Option('--pacing <how>', 'how the generator waits: precise spins on a core, eco sleeps in 1 ms steps')
        .choices(['auto', 'precise', 'eco'])
        .default('auto'),
    )
    .option('-o, --out <file>', 'where the report goes (default: squall-reports/<script>-<time>.json)')
    .option('--build <label>', 'name of the build under test (default: git commit)')
    .option('--html <file>', 'where the page goes (default: beside the report)')
    .option('--no-html', 'write no page')
    .option('--ui [port]', 'serve the page, and /metrics for Prometheus, while the run goes on, on 127.0.0.1')
    .option('--otlp [url]', 'send metrics to an OpenTelemetry collector while the run goes on (http://localhost:4318)')
    .option('--drain <duration>', `how long consumers may take to read what is left (default: ${defaultDrains})`)
    .option('--keep', "keep the run's temporary folder: server configs, logs and stores")
    .option('-q, --quiet', 'no progress, only the summary')
    .action(async (script: string, flags: RunFlags) => {
      process.exitCode = await run(script, flags)
    })
}

async function run(script: string, flags: RunFlags): Promise<number> {
  const interrupt = new AbortController()
  onInterrupt(interrupt)
  for (const path of [flags.out, flags.html]) if (typeof path === 'string') await requirePlace(path)
  const drainMs = flags.drain === undefined ? undefined : parseDuration(flags.drain, '--drain')
  const chosen = await chooseToxiproxy(flags)
  const kernel = flags.driver === 'netns' ? await requireKernel() : undefined
  const id = randomUUID().slice(0, 8)
  const runDir = await createRunDir()
  const sharedToxiproxy = chosen.kind === 'external' ? chosen.url : undefined
  let live: LivePage | undefined
  let otlp: OtlpFeed | undefined
  let report: Report | undefined
  const reaper = startReaper({ runId: id, runDir, keep: flags.keep === true, sharedToxiproxy, ip: kernel?.tools.ip })
  try {
    const { plan, bundleUrl, serviceBundles } = await loadPlan(script, { ...planOptionsFrom(flags), outDir: runDir })
    const toxiproxy = fitToxiproxy(chosen, flags, plan)
    if (kernel) refuseOtherThanRegions(plan)
    const isManaged = plan.topology.kind !== 'external'
    const natsServer = isManaged ? await requireBinary('nats-server', { option: flags.natsServer }) : undefined
    const isBalanced = plan.services.some(({ loadBalancer }) => loadBalancer.kind === 'haproxy')
    const haproxy = isBalanced ? await requireBinary('haproxy', { option: flags.haproxy }) : undefined
    live = flags.ui === undefined ? undefined : await LivePage.start(parsePort(flags.ui))
    const sender = flags.otlp === undefined ? undefined : await OtlpSender.open(flags.otlp)
    const observer = new TerminalObserver(plan, { quiet: flags.quiet === true })
    otlp = sender && new OtlpFeed(sender, (text) => observer.log(text))
    if (live) observer.log(`page: ${live.url}`)
    report = await conduct(
      {
        id,
        plan,
        bundleUrl,
        natsServer,
        haproxy,
        serviceBundles,
        toxiproxy,
        kernel,
        pacing: choosePacing(flags.pacing),
        buildLabel: flags.build,
        runDir,
        childEnv: reaper.env,
        onSpawn: (pid) => reaper.register(pid),
        onBorrow: (borrowed) => reaper.borrow(borrowed),
        interrupt: interrupt.signal,
        onLoad: (look) => {
          live?.follow(look)
          otlp?.follow(look)
        },
        drainMs,
      },
      observer,
    ).finally(() => observer.end())
    const path =
      flags.out ?? join('squall-reports', `${basename(script, extname(script))}-${fileTime(new Date())}.json`)
    // Written first and complained about last: a full disk must not cost the reader the summary.
    const written = await writeOutputs(report, path, flags)
    process.stdout.write(renderSummary(report, summaryOptions(process.stdout)))
    if (flags.keep) process.stdout.write(`kept: ${runDir}\n`)
    for (const { what, path } of written.files) process.stdout.write(`${what}: ${relative(process.cwd(), path)}\n`)
    await addToJobSummary(report)
    for (const error of written.errors) process.stderr.write(`${formatError(error)}\n`)
    return report.result.exitCode || (written.errors.length > 0 ? exitCode.badInput : exitCode.passed)
  } finally {
    const [, untaken] = await Promise.all([live?.end(report), otlp?.end(report)])
    if (untaken !== undefined) process.stderr.write(`${untaken}\n`)
    await reaper.done()
  }
}

/** In a GitHub workflow. That it can't be added is said, and changes nothing. */
async function addToJobSummary(report: Report): Promise<void> {
  const { GITHUB_STEP_SUMMARY: path } = process.env
  if (!path) return
  try {
    await appendFile(path, renderMarkdown(report))
  } catch (error) {
    const { message } = fileError("The job's summary (GITHUB_STEP_SUMMARY) could not be written to", path, error, '')
    process.stderr.write(`${message}\n`)
  }
}

/** The report; unless it goes to a pipe or nobody wants one, its page beside it. Never rejects. */
async function writeOutputs(report: Report, path: string, { html }: RunFlags) {
  const pagePath = html ?? (extname(path) === '.json' ? pathBeside(path, pageOutput) : false)
  const wanted = [
    { what: 'report', path, write: () => writeReport(report, path) },
    ...(pagePath
      ? [{ what: 'page', path: pagePath, write: async () => writeOutput(await pageOutput.make(report), pagePath) }]
      : []),
  ]
  const files: { readonly what: string; readonly path: string }[] = []
  const errors: unknown[] = []
  for (const { what, path, write } of wanted) {
    try {
      await write()
      files.push({ what, path })
    } catch (error) {
      errors.push(error)
    }
  }
  return { files, errors }
}

async function chooseToxiproxy({ toxiproxy, toxiproxyServer }: RunFlags): Promise<ToxiproxyChoice> {
  if (toxiproxy === 'embedded') return { kind: 'embedded' }
  if (toxiproxy === 'real') {
    return { kind: 'real', binary: await requireBinary('toxiproxy-server', { option: toxiproxyServer }) }
  }
  if (/^https?:\/\//.test(toxiproxy) && URL.canParse(toxiproxy)) return { kind: 'external', url: toxiproxy }
  throw new UserError(
    `--toxiproxy is "${toxiproxy}"; it must be "embedded", "real", or a URL such as http://127.0.0.1:8474`,
  )
}

/** The Toxiproxy of a topology that has one; nobody may have asked for another. */
function fitToxiproxy(chosen: ToxiproxyChoice, flags: RunFlags, { topology }: Plan): ToxiproxyChoice {
  if (topology.kind !== 'external' || topology.toxiproxy === undefined) return chosen
  const isSame = chosen.kind === 'external' && chosen.url.replace(/\/+$/, '') === topology.toxiproxy
  if (chosen.kind === 'embedded' || isSame) return { kind: 'external', url: topology.toxiproxy }
  throw new UserError(
    `--toxiproxy is "${flags.toxiproxy}", but the links of external() are in ${topology.toxiproxy}; leave the option out`,
  )
}

/** Only regions have a namespace each. */
function refuseOtherThanRegions({ topology }: Plan): void {
  if (topology.kind === 'regions') return
  throw new UserError(
    `--driver netns is for regions(), and the script's topology is ${topology.kind}(); leave the option out`,
  )
}

function parsePort(port: string | true): number {
  if (port === true) return 0
  const number = Number(port)
  if (Number.isInteger(number) && number >= 0 && number < 65_536) return number
  throw new UserError(`--ui is "${port}"; it must be a port, 0 to 65535, or nothing for one that is free`)
}

/** Spinning takes a core: with fewer than four it would take it from the server under test. */
function choosePacing(pacing: RunFlags['pacing']): Pacing {
  if (pacing !== 'auto') return pacing
  return cpus().length >= 4 ? 'precise' : 'eco'
}

/** A time that every file system takes in a name and that sorts. */
function fileTime(time: Date): string {
  return time.toISOString().slice(0, 19).replaceAll(':', '-')
}
