import type { Page } from 'puppeteer-core'
import { LiveServer } from '../../lib/live/server.ts'
import { renderPage, renderParts } from '../../lib/report/index.ts'
import { fixtureReport } from '../report/fixture.ts'
import { browserTest, openUrl } from '../report/html/browser.ts'

browserTest.serial('who has paused a live page keeps it as it is, and then gets the newest', async (t) => {
  const report = (label: string) => ({ ...fixtureReport(), build: { label } })
  const server = await LiveServer.start(0)
  t.teardown(() => server.end(undefined))
  server.page = () => renderPage(report('first'), { live: true })
  const tell = (label: string) => server.tell({ ...renderParts(report(label), { live: true }), final: false })
  const shows = (page: Page, label: string) => page.waitForFunction(`document.title.endsWith(${JSON.stringify(label)})`)
  const { page, complaints } = await openUrl(t, server.url, { expected: [`${server.url}events`] })
  const { page: other } = await openUrl(t, server.url)
  await page.click('#pause')
  t.is(await page.$eval('#pause', (button) => button.getAttribute('aria-pressed')), 'true')
  // Whoever follows late is told late.
  while (server.readers < 2) await new Promise((resolve) => setTimeout(resolve, 10))
  tell('second')
  await shows(other, 'second')
  tell('third')
  await shows(other, 'third')
  t.true((await page.title()).endsWith('first'))
  await page.click('#pause')
  await shows(page, 'third')
  t.is(await page.$eval('#pause', (button) => button.getAttribute('aria-pressed')), 'false')
  t.is(await page.$eval(':focus', (focused) => focused.id), 'pause')
  tell('fourth')
  await shows(page, 'fourth')
  t.deepEqual(complaints, [])
})
