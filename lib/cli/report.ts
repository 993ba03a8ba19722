import { existsSync } from 'node:fs'
import { relative } from 'node:path'
import { Command } from 'commander'
import { UserError } from '../errors.ts'
import { parseSelector } from '../measure/index.ts'
import { OtlpSender } from '../otlp/index.ts'
import {
  outputs,
  pageOutput,
  parseReport,
  pathBeside,
  type Report,
  readReportText,
  renderSummary,
  reportJsonSchema,
  summaryOptions,
  writeOutput,
} from '../report/index.ts'

/** `squall report run.json`: what `squall run` printed when the run was over, or any other output of it. */
export function reportCommand(): Command {
  const command = new Command('report')
    .description('print the summary of a finished run again, or make other outputs of its report')
    .argument('[report]', 'the report file that `squall run` wrote')
    .option('--json', 'print the report itself, as stored')
    .option('--schema', 'print the JSON Schema of report files, and nothing else')
  for (const { name, description, extension } of outputs) {
    command.option(`--${name} [file]`, `write ${description} (default: beside the report, ${extension})`)
  }
  command.option('--otlp [url]', 'send its metrics to an OpenTelemetry collector (http://localhost:4318)')
  command.option('--select <metric>', 'which trend --hgrm shows, as in thresholds: publish_latency{window:fault}')
  return command.action(report)
}

type ReportFlags = Readonly<Record<string, string | true | undefined>>

/** @throws UserError (exit 104) when there is no such report; else exits with 0, whatever the run's verdict was. */
async function report(path: string | undefined, flags: ReportFlags): Promise<void> {
  if (flags.schema) {
    process.stdout.write(`${JSON.stringify(reportJsonSchema(), null, 2)}\n`)
    return
  }
  if (path === undefined) throw new UserError('Which report? Name the file that `squall run` printed.')
  const text = await readReportText(path)
  const found = parseReport(text, path)
  if (flags.json) {
    process.stdout.write(text)
    return
  }
  const select = typeof flags.select === 'string' ? parseSelector(flags.select) : undefined
  const wanted = outputs.filter(({ name }) => flags[name] !== undefined)
  for (const output of wanted) {
    const flag = flags[output.name]
    const file = typeof flag === 'string' ? flag : pathBeside(path, output)
    await writeOutput(await output.make(found, select), file)
    // What went to the terminal or a pipe is not to have anything else in it.
    if (!file.startsWith('/dev/')) process.stdout.write(`${output.name}: ${relative(process.cwd(), file)}\n`)
  }
  if (flags.otlp !== undefined) await send(found, flags.otlp)
  if (wanted.length > 0 || flags.otlp !== undefined) return
  process.stdout.write(renderSummary(found, summaryOptions(process.stdout)))
  process.stdout.write(`report: ${relative(process.cwd(), path)}\n`)
  const page = pathBeside(path, pageOutput)
  if (existsSync(page)) process.stdout.write(`page: ${relative(process.cwd(), page)}\n`)
}

/** @throws UserError when nobody took it. */
async function send(report: Report, url: string | true): Promise<void> {
  const sender = await OtlpSender.open(url)
  try {
    await sender.send(report, Date.parse(report.startedAt) + report.durationMs)
    process.stdout.write(`otlp: ${sender.url}\n`)
  } finally {
    await sender.close()
  }
}
