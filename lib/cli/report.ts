import { relative } from 'node:path'
import { Command } from 'commander'
import { parseReport, readReportText, renderSummary, summaryOptions } from '../report/index.ts'

/** `squall report run.json`: what `squall run` printed when the run was over. */
export function reportCommand(): Command {
  return new Command('report')
    .description('print the summary of a finished run again')
    .argument('<report>', 'the report file that `squall run` wrote')
    .option('--json', 'print the report itself, as stored')
    .action(report)
}

/** @throws UserError (exit 104) when there is no such report; else exits with 0, whatever the run's verdict was. */
async function report(path: string, { json = false }: { json?: boolean }): Promise<void> {
  const text = await readReportText(path)
  const found = parseReport(text, path)
  if (json) {
    process.stdout.write(text)
    return
  }
  process.stdout.write(renderSummary(found, summaryOptions(process.stdout)))
  process.stdout.write(`report: ${relative(process.cwd(), path)}\n`)
}
