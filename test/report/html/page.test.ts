import test from 'ava'
import { formatDuration } from '../../../lib/measure/index.ts'
import { renderPage } from '../../../lib/report/html/page.ts'
import { fixtureReport } from '../fixture.ts'
import { madeHostile, recordedReport } from '../recorded.ts'
import { browserTest, open } from './browser.ts'

/** The cells of the table with this caption, by row name and column title. */
type Cells = Record<string, Record<string, string>>

browserTest.serial('the page draws itself, says nothing in the console and asks for nothing', async (t) => {
  const { page, complaints } = await open(t, await renderPage(await recordedReport()))
  t.deepEqual(complaints, [])
  t.is(await page.title(), 'PASSED cluster-failures.ts · 1676067')
  const charts = await page.$$eval('.chart', (places) =>
    places.map((place) => ({ id: place.id, drawn: place.childElementCount > 0 })),
  )
  t.deepEqual(
    charts.filter(({ drawn }) => !drawn),
    [],
  )
  for (const id of [
    'lanes',
    'panel-rate',
    'panel-publish_latency',
    'curve-publish_latency',
    'heatmap-e2e_latency',
    'panel-cpu',
  ]) {
    t.true(
      charts.some((chart) => chart.id === id),
      id,
    )
  }
})

browserTest.serial('every percentile in its tables is the report’s own', async (t) => {
  const report = await recordedReport()
  const { page } = await open(t, await renderPage(report))
  const cells: Record<string, Cells> = await page.$$eval('.scroll table', (tables) =>
    Object.fromEntries(
      tables.map((table) => {
        const titles = [...table.tHead!.rows[0]!.cells].map((cell) => cell.textContent ?? '')
        const rows = [...table.tBodies[0]!.rows].map((row) => {
          const [name, ...values] = [...row.cells].map((cell) => cell.textContent ?? '')
          return [name, Object.fromEntries(values.map((value, index) => [titles[index + 1], value]))]
        })
        return [table.caption?.textContent ?? '', Object.fromEntries(rows)]
      }),
    ),
  )
  let compared = 0
  for (const { metric, tags, value } of report.series) {
    if (metric !== 'publish_latency' || value.kind !== 'trend') continue
    const row = tags.window === 'baseline' ? tags.phase! : `└ ${tags.window} ${tags.fault}`
    const shown = cells['Publish latency']![row]!
    for (const [name, percentile] of Object.entries(value.percentiles)) {
      t.is(shown[name], formatDuration(percentile), `${row} ${name}`)
      compared += 1
    }
    t.is(shown.max, formatDuration(value.max), row)
  }
  t.true(compared > 30)
  const [ledger] = report.ledger!.consumers
  t.is(cells.Consumers!.billing!.expected, ledger!.expected.toLocaleString('en-US'))
  t.is(cells.Consumers!.billing!.lost, '0')
  for (const { selector, expression } of report.thresholds) {
    t.is(cells.Thresholds![`✓ ${selector}`]!['must be'], expression)
  }
  for (const { id, appliedAt } of report.faults) {
    t.is(cells['What was done']![id]!.applied, formatDuration(appliedAt!))
  }
})

browserTest.serial('a part of the run is shown by its button and by keys, in all charts at once', async (t) => {
  const report = await recordedReport()
  const { page } = await open(t, await renderPage(report))
  const phaseBars = () =>
    page.$$eval('.lane:first-child .bar', (bars) => bars.map((bar) => [bar.textContent, bar.hasAttribute('hidden')]))
  t.deepEqual(await phaseBars(), [
    ['baseline', false],
    ['failures', false],
    ['recovery', false],
  ])
  await page.locator('#zoom button[title="leader#1"]').click()
  t.deepEqual(await phaseBars(), [
    ['baseline', true],
    ['failures', false],
    ['recovery', true],
  ])
  await page.focus('#panel-rate')
  await page.keyboard.press('Escape')
  t.deepEqual(await phaseBars(), [
    ['baseline', false],
    ['failures', false],
    ['recovery', false],
  ])
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ArrowRight')
  const legend = await page.$eval('#panel-rate .u-legend', (legend) => legend.textContent ?? '')
  t.regex(legend, /acked:?\s*\d/)
})

browserTest.serial('it fits a phone, in the dark too', async (t) => {
  const { page, complaints } = await open(t, await renderPage(await recordedReport()), { width: 390, theme: 'dark' })
  t.true(Number(await page.evaluate('document.documentElement.scrollWidth')) <= 390)
  t.is(await page.evaluate('getComputedStyle(document.body).backgroundColor'), 'rgb(18, 21, 25)')
  t.deepEqual(complaints, [])
})

browserTest.serial('hostile names are shown and never run', async (t) => {
  const { page, complaints } = await open(t, await renderPage(madeHostile(await recordedReport())))
  t.deepEqual(complaints, [])
  t.not(await page.title(), 'run')
  t.is(await page.$$eval('img', (images) => images.length), 0)
  t.true(
    (await page.$eval('body', (body) => body.textContent)).includes(
      `</script><script>document.title='run'</script>"'><img`,
    ),
  )
  t.true(Number(await page.evaluate('document.documentElement.scrollWidth')) <= 1_280)
})

test('a page without a browser’s help still has all tables, and no place for what is not there', async (t) => {
  const page = await renderPage(fixtureReport())
  t.regex(page, /<caption>Publish latency<\/caption>/)
  t.notRegex(page, /https?:\/\/(?!www\.w3\.org)/)
})
