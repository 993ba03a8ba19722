import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import test, { type ExecutionContext } from 'ava'
import puppeteer, { type Page } from 'puppeteer-core'
import { ownFolder } from '../folder.ts'
import { chromium } from './chromium.ts'

if (chromium === undefined)
  console.log('skipped: tests of the page need a Chromium (apt-get install chromium, or set CHROMIUM)')

/** A test in a real browser; skipped where there is none. */
export const browserTest = chromium === undefined ? Object.assign(test.skip, { serial: test.serial.skip }) : test

export interface Opened {
  readonly page: Page
  /** What a page that is whole has none of: console messages, errors, requests. */
  readonly complaints: readonly string[]
}

/** Opens a page from its file, as somebody who was sent it would. */
export async function open(t: ExecutionContext, html: string, look: Look = {}): Promise<Opened> {
  const file = join(await ownFolder(t), 'page.html')
  await writeFile(file, html)
  return openUrl(t, pathToFileURL(file).href, look)
}

export interface Look {
  readonly width?: number
  readonly theme?: 'light' | 'dark'
  /** What may be asked for besides the page. */
  readonly expected?: readonly string[]
}

/** Milliseconds; a browser that has to share a core may need more than its own 30 s. */
const patience = 120_000

export async function openUrl(
  t: ExecutionContext,
  url: string,
  { width = 1_280, theme = 'light', expected = [] }: Look = {},
): Promise<Opened> {
  const browser = await puppeteer.launch({ executablePath: chromium!, args: ['--no-sandbox'], timeout: patience })
  t.teardown(() => browser.close())
  const page = await browser.newPage()
  page.setDefaultTimeout(patience)
  const complaints: string[] = []
  page.on('console', (message) => complaints.push(`console: ${message.text()}`))
  page.on('pageerror', (error) => complaints.push(`error: ${error}`))
  page.on('request', (request) => {
    if (![url, ...expected].includes(request.url())) complaints.push(`request: ${request.url().slice(0, 100)}`)
  })
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: theme }])
  await page.setViewport({ width, height: 900 })
  await page.goto(url, { waitUntil: 'domcontentloaded' })
  return { page, complaints }
}
