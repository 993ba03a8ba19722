import test from 'ava'
import {
  type Comparison,
  compare,
  comparisonJson,
  historyOf,
  historyRun,
  parseWanted,
  type Report,
  renderComparisonPage,
  renderHistoryPage,
} from '../../../lib/report/index.ts'
import { runs } from '../builds.ts'
import { hostile } from '../recorded.ts'
import { browserTest, type Opened, open } from './browser.ts'
import { assertNoFaults, scrollThrough } from './reader.ts'

interface Rows {
  readonly titles: string[]
  readonly cells: string[][]
}

/** Of the table with this caption. */
function rowsOf({ page }: Opened, caption: string): Promise<Rows> {
  return page.$$eval(
    'table',
    (tables, caption) => {
      const table = tables.find((one) => one.caption?.textContent === caption)!
      return {
        titles: [...table.tHead!.rows[0]!.cells].map((cell) => cell.textContent ?? ''),
        cells: [...table.tBodies[0]!.rows].map((row) => [...row.cells].map((cell) => cell.textContent ?? '')),
      }
    },
    caption,
  )
}

/** Of each chart, when a reader has come by: is it drawn? */
async function chartsOf({ page }: Opened): Promise<boolean[]> {
  await scrollThrough(page)
  return page.$$eval('.chart', (places) => places.map((place) => place.querySelector('canvas') !== null))
}

const wanted = ['publish_latency{phase:baseline}', 'publish_latency{fault:slow}:p50', 'publish_success:rate'].map(
  parseWanted,
)
const base = runs('one', 6, 1)
const head = runs('two', 6, 1.1)
const comparison = (to: readonly Report[] = head): Comparison =>
  compare(base, to, { wanted, notes: ['A note of the duel.'] })

browserTest.serial(
  'a comparison: verdict, every row with the numbers of its JSON, a dot for each run, all charts',
  async (t) => {
    const opened = await open(t, await renderComparisonPage(comparison(), base, head))
    const { page, complaints } = opened
    t.deepEqual(complaints, [])
    t.is(await page.title(), 'REGRESSED: one (6 runs) → two (6 runs)')
    const { rows, percentiles } = JSON.parse(comparisonJson(comparison(), base, head))
    const { titles, cells } = await rowsOf(opened, 'Figures')
    t.is(cells.length, rows.length)
    for (const [index, row] of rows.entries()) {
      const at = (title: string) => cells[index]![titles.indexOf(title)]!
      t.true(cells[index]![0]!.startsWith(`${row.metric} ${row.figure} · ${row.phase}`))
      t.is(at('verdict').split(',')[0], row.verdict)
      const isRatio = row.scale === 'ratio'
      if (isRatio) t.is(Number.parseFloat(at('change')).toFixed(1), (row.change * 100).toFixed(1))
      if (isRatio) t.is(Number.parseFloat(at('noise')).toFixed(1), (row.noiseFloor * 100).toFixed(1))
      t.is(Number(at('p (Holm)')), Number(row.adjustedP.toPrecision(2)))
    }
    t.is(await page.$$eval('.dots', (all) => all.length), rows.length)
    t.true(
      (await page.$$eval('.dots', (all) => all.map((one) => one.querySelectorAll('circle').length))).every(
        (dots) => dots === 12,
      ),
    )
    const charts = await chartsOf(opened)
    t.true(charts.length > 1 && charts.every((isDrawn) => isDrawn))
    const tables = await page.$$eval('details tbody tr', (all) => all.length)
    t.is(tables, percentiles.length)
    t.true((await page.$eval('body', (body) => body.textContent)).includes('A note of the duel.'))
    t.is((await rowsOf(opened, 'Runs')).cells.length, 12)
    t.true((await assertNoFaults(t, page)) > 50)
    await page.click('#theme')
    t.is(await page.evaluate('document.documentElement.dataset.theme'), 'dark')
  },
)

browserTest.serial('hostile builds and ids are shown and never run, on a phone in the dark', async (t) => {
  const evil = head.map((report) => ({ ...report, id: `${report.id}${hostile}`, build: { label: hostile } }))
  const { page, complaints } = await open(t, await renderComparisonPage(comparison(evil), base, evil), {
    width: 390,
    theme: 'dark',
  })
  t.deepEqual(complaints, [])
  t.true((await page.title()).startsWith('REGRESSED: one (6 runs) → </script>'))
  t.is(await page.$$eval('img', (images) => images.length), 0)
  t.true(
    (await page.$eval('body', (body) => body.textContent)).includes(`</script><script>document.title='run'</script>`),
  )
  t.true(Number(await page.evaluate('document.documentElement.scrollWidth')) <= 390)
})

browserTest.serial('a history: every line a chart, every build a row, its changes, hostile names', async (t) => {
  const labels = ['v1', hostile, 'v3', 'v4']
  const reports = labels.flatMap((label, day) =>
    runs(label, 4, day > 1 ? 1.3 : 1).map((one) => ({
      ...one,
      startedAt: new Date(Date.UTC(2026, 10, day + 1)).toISOString(),
    })),
  )
  const history = historyOf(reports.map((report) => historyRun(report, wanted)))
  const opened = await open(t, await renderHistoryPage(history))
  t.deepEqual(opened.complaints, [])
  t.regex(await opened.page.title(), /^History of quickstart\.ts: 4 builds, 16 runs, \d+ changes?$/)
  t.is(await opened.page.$$eval('img', (images) => images.length), 0)
  const charts = await chartsOf(opened)
  t.is(charts.length, history.lines.length)
  t.true(charts.every((isDrawn) => isDrawn))
  const { cells } = await rowsOf(opened, 'publish_latency p99 · baseline')
  t.is(cells.length, 4)
  t.true((await assertNoFaults(t, opened.page)) > 20)
  t.regex(cells[2]!.at(-1)!, /^▲ \+30\.\d% worse/)
  await opened.page.setViewport({ width: 390, height: 900 })
  // Charts follow the width when the browser has laid it out anew.
  await opened.page.waitForFunction('document.documentElement.scrollWidth <= 390')
})

test('a page of a comparison asks for nothing', async (t) => {
  t.notRegex(await renderComparisonPage(comparison(), base, head), /https?:\/\/(?!www\.w3\.org)/)
})
