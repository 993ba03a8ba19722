import { Command, Option } from 'commander'
import {
  type HistoryOrder,
  type HistoryRun,
  historyJson,
  historyMarkdown,
  historyOf,
  historyRun,
  readReports,
  renderHistory,
  renderHistoryPage,
  summaryOptions,
  usualFigures,
} from '../report/index.ts'
import { addFigureOptions, type FigureFlags, figureOptionsFrom, writePage } from './comparison-options.ts'

interface HistoryFlags extends FigureFlags {
  readonly order: HistoryOrder
  readonly json?: boolean
  readonly markdown?: boolean
  readonly html?: string
}

const usualFolder = 'squall-reports'

/** `squall history [folders]`: figures over builds, and from which builds on they changed. */
export function historyCommand(): Command {
  const command = new Command('history')
    .description('print and plot figures over the builds in folders of reports, and mark where they changed')
    .argument('[reports...]', `folders of reports, or reports (default: ${usualFolder})`)
    .addOption(
      new Option('--order <how>', 'builds by when they were first run, or by label')
        .choices(['time', 'label'])
        .default('time'),
    )
    .option('--json', 'print everything for programs')
    .option('--markdown', 'print a table for a pull request')
    .option('--html <file>', 'write a page to look at as well, offline')
  return addFigureOptions(command).action(history)
}

async function history(
  paths: readonly string[],
  { json, markdown, html, order, ...flags }: HistoryFlags,
): Promise<void> {
  const { wanted, leastChange } = figureOptionsFrom(flags)
  const runs: HistoryRun[] = []
  for await (const report of readReports(paths.length > 0 ? paths : [usualFolder])) {
    runs.push(historyRun(report, wanted ?? usualFigures))
  }
  const found = historyOf(runs, { order, leastChange })
  const view = { detailed: wanted !== undefined }
  process.stdout.write(
    json
      ? historyJson(found)
      : markdown
        ? historyMarkdown(found, view)
        : renderHistory(found, { ...summaryOptions(process.stdout), ...view }),
  )
  if (html !== undefined) await writePage(await renderHistoryPage(found), html)
}
