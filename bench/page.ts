/**
 * How long the page of the longest run takes to open in Chromium: from navigation until its first screen is painted, charts
 * included; the median of several openings. And what all its charts would take, as when it is printed:
 *
 *     npx tsx bench/page.ts
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import puppeteer, { type Browser } from 'puppeteer-core'
import { renderPage } from '../lib/report/index.ts'
import { fullLengthReport } from '../test/report/full-length.ts'
import { chromium } from '../test/report/html/chromium.ts'
import { median } from './nats.ts'

const openings = 7
if (chromium === undefined) throw new Error('this needs a Chromium: apt-get install chromium, or set CHROMIUM')

const page = await renderPage(await fullLengthReport())
console.log(`page        ${(Buffer.byteLength(page) / 1e6).toFixed(3)} MB`)
const folder = await mkdtemp(join(tmpdir(), 'squall-bench-'))
const browser = await puppeteer.launch({ executablePath: chromium, args: ['--no-sandbox'] })
try {
  const file = join(folder, 'page.html')
  await writeFile(file, page)
  const all: Opening[] = []
  for (let index = 0; index < openings; index += 1) all.push(await openOnce(browser, pathToFileURL(file).href))
  for (const name of ['painted', 'opened', 'script', 'layout', 'style', 'all charts'] as const)
    console.log(`${name.padEnd(11)} ${median(all.map((one) => one[name])).toFixed(0)} ms`)
} finally {
  await browser.close()
  await rm(folder, { recursive: true })
}

/** Milliseconds. */
interface Opening {
  /** Navigation → first contentful paint. */
  readonly painted: number
  /** Navigation → the frame after the one that showed the first screen whole. */
  readonly opened: number
  readonly script: number
  readonly layout: number
  readonly style: number
  /** From then until everything else is drawn too. */
  readonly 'all charts': number
}

async function openOnce(browser: Browser, url: string): Promise<Opening> {
  const page = await browser.newPage()
  await page.setViewport({ width: 1_280, height: 900 })
  await page.evaluateOnNewDocument(`
    addEventListener('load', () => requestAnimationFrame(() => requestAnimationFrame(() => { window.opened = performance.now() })))`)
  await page.goto(url)
  await page.waitForFunction("window.opened && performance.getEntriesByName('first-contentful-paint').length > 0")
  const { ScriptDuration = 0, LayoutDuration = 0, RecalcStyleDuration = 0 } = await page.metrics()
  const read = async (code: string) => Number(await page.evaluate(code))
  const opening = {
    opened: await read('window.opened'),
    painted: await read("performance.getEntriesByName('first-contentful-paint')[0].startTime"),
    script: ScriptDuration * 1_000,
    layout: LayoutDuration * 1_000,
    style: RecalcStyleDuration * 1_000,
    'all charts': await read(`new Promise((resolve) => {
      const since = performance.now()
      dispatchEvent(new Event('beforeprint'))
      requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - since)))
    })`),
  }
  await page.close()
  return opening
}
