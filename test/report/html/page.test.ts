import test from 'ava'
import type { Page } from 'puppeteer-core'
import { formatDuration, parseDuration } from '../../../lib/measure/index.ts'
import { renderPage } from '../../../lib/report/html/page.ts'
import type { Report } from '../../../lib/report/index.ts'
import { fixtureReport } from '../fixture.ts'
import { madeHostile, recordedReport } from '../recorded.ts'
import { browserTest, open } from './browser.ts'
import { assertNoFaults, scrollThrough } from './reader.ts'

/** The cells of the table with this caption, by row name and column title. */
type Cells = Record<string, Record<string, string>>

const drawn = (page: Page) =>
  page.$$eval('.chart', (places) => places.filter((place) => place.childElementCount > 0).map(({ id }) => id))

browserTest.serial('the page draws its charts as one comes to them, says nothing and asks for nothing', async (t) => {
  const { page, complaints } = await open(t, await renderPage(await recordedReport()))
  t.is(await page.title(), 'PASSED cluster-failures.ts · 1676067')
  const charts = await page.$$eval('.chart', (places) => places.map(({ id }) => id))
  for (const id of [
    'lanes',
    'panel-rate',
    'panel-publish_latency',
    'curve-publish_latency',
    'heatmap-e2e_latency',
    'panel-cpu',
  ]) {
    t.true(charts.includes(id), id)
  }
  t.true((await drawn(page)).includes('panel-rate'), 'what is in sight is drawn at once')
  t.true((await drawn(page)).length < charts.length / 2, 'what is far away is not')
  const heightOf = 'document.documentElement.scrollHeight'
  const height = Number(await page.evaluate(heightOf))
  await scrollThrough(page)
  t.deepEqual(await drawn(page), charts)
  const moved = Number(await page.evaluate(heightOf)) - height
  t.true(Math.abs(moved) < charts.length * 25, `places are as high as charts: ${moved}`)
  t.deepEqual(complaints, [])
})

browserTest.serial('paper has all charts, light and as wide as it is', async (t) => {
  const { page, complaints } = await open(t, await renderPage(await recordedReport()), { theme: 'dark' })
  await page.evaluate(`addEventListener('beforeprint', () => setTimeout(() => {
    window.paper = {
      undrawn: [...document.querySelectorAll('.chart')].filter((place) => place.childElementCount === 0).length,
      widest: Math.max(...[...document.querySelectorAll('.uplot')].map((chart) => chart.offsetWidth)),
      theme: document.documentElement.dataset.theme,
    }
  }))`)
  await page.evaluate("dispatchEvent(new Event('beforeprint'))")
  await page.waitForFunction('window.paper')
  t.deepEqual(await page.evaluate('window.paper'), { undrawn: 0, widest: 700, theme: 'light' })
  await page.evaluate("dispatchEvent(new Event('afterprint'))")
  t.is(await page.evaluate('document.documentElement.dataset.theme'), undefined)
  await page.waitForFunction("document.querySelector('.uplot').offsetWidth > 1000")
  const pdf = await page.pdf({ preferCSSPageSize: true, timeout: 120_000 })
  t.true(pdf.length > 100_000, 'the browser says so itself when it prints')
  t.deepEqual(complaints, [])
})

for (const [name, theme] of [
  ['cluster-failures', 'light'],
  ['region-partitions', 'light'],
  ['rolling-restart', 'dark'],
] as const) {
  browserTest.serial(
    `${name}, ${theme}: axe finds no fault with the page; contrast is measured everywhere`,
    async (t) => {
      const { page, complaints } = await open(t, await renderPage(await recordedReport(name)), { theme })
      await page.emulateMediaFeatures([
        { name: 'prefers-color-scheme', value: theme },
        { name: 'prefers-reduced-motion', value: 'reduce' },
      ])
      t.true((await assertNoFaults(t, page)) > 300)
      const moving = `[...document.querySelectorAll('*')].filter((one) => {
      const { animationName, transitionDuration } = getComputedStyle(one)
      return animationName !== 'none' || transitionDuration.split(', ').some((time) => time !== '0s')
    }).length`
      t.is(await page.evaluate(moving), 0, 'nothing moves by itself')
      t.deepEqual(complaints, [])
    },
  )
}

/** A run of more than an hour in which somebody else leads every second. */
function restless(report: Report): Report {
  const at = Array.from({ length: 2_800 }, (_, index) => index * 1_500)
  const { timeline } = report.observed!
  const leader = at.map((_, index) => `n${1 + (index % 3)}`)
  const groups = { ORDERS: { ...timeline.groups.ORDERS!, leader, lag: at.map(() => 0) } }
  return {
    ...report,
    durationMs: at.at(-1)!,
    observed: { ...report.observed!, timeline: { ...timeline, at, intervalMs: 1_500, nodes: {}, groups } },
  }
}

browserTest.serial(
  'lanes can be read however long the run: what is too short is one, and closer by it is itself',
  async (t) => {
    const { page } = await open(t, await renderPage(restless(await recordedReport())))
    const lanes = () =>
      page.$$eval('.track', (tracks) =>
        tracks.map((track) => ({
          bars: track.childElementCount,
          most: (3 * track.clientWidth) / 26,
          merged: [...track.querySelectorAll('.merged')].map((bar) => bar.title),
        })),
      )
    const whole = await lanes()
    t.true(whole.every(({ bars, most }) => bars <= most))
    t.true(whole.some(({ merged }) => merged.length > 0))
    await page.focus('#panel-rate')
    for (let index = 0; index < 7; index += 1) await page.keyboard.press('+')
    t.deepEqual(
      (await lanes()).flatMap(({ merged }) => merged),
      [],
    )
  },
)

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
  const phaseBars = () => page.$$eval('.lane:first-child .bar', (bars) => bars.map((bar) => bar.textContent))
  t.deepEqual(await phaseBars(), ['baseline', 'failures', 'recovery'])
  await page.locator('#zoom button[title="leader#1"]').click()
  t.deepEqual(await phaseBars(), ['failures'])
  const { appliedAt, healedAt } = report.faults.find(({ id }) => id === 'leader#1')!
  const margin = (healedAt! - appliedAt!) / 3 + 60_000
  // One that was in sight, and one that is drawn only now.
  for (const id of ['panel-rate', 'panel-cpu']) {
    await page.focus(`#${id}`)
    await page.waitForFunction(`document.querySelector('#${id} canvas')`)
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowRight')
    await page.waitForFunction("document.getElementById('said').textContent.startsWith('at ')")
    const said = await page.$eval('#said', (said) => said.textContent ?? '')
    const at = parseDuration(/^at ([^;]+);/.exec(said)![1]!, 'at')
    t.true(at >= appliedAt! - margin && at <= healedAt! + margin, said)
    if (id === 'panel-rate') t.regex(said, /; acked [\d,.]+\/s/)
    await page.$eval('#said', (said) => said.replaceChildren())
  }
  await page.keyboard.press('Escape')
  t.deepEqual(await phaseBars(), ['baseline', 'failures', 'recovery'])
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
