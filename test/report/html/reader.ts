import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { ExecutionContext } from 'ava'
import type { Page } from 'puppeteer-core'

/** Comes to each chart in turn, as a reader does. */
export async function scrollThrough(page: Page): Promise<void> {
  for (const chart of await page.$$('.chart')) {
    await chart.scrollIntoView()
    await page.waitForFunction((place) => place.childElementCount > 0, {}, chart)
  }
}

interface Finding {
  readonly id: string
  readonly nodes: readonly { readonly html: string }[]
}

/** Axe finds nothing wrong with all of the page, and could measure every contrast; how many it measured. */
export async function assertNoFaults(t: ExecutionContext, page: Page): Promise<number> {
  await page.$$eval('details', (all) => {
    for (const one of all) one.open = true
  })
  await scrollThrough(page)
  await page.evaluate('scrollTo(0, 0)')
  await page.evaluate(await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'))
  const { violations, incomplete, passes } = (await page.evaluate('axe.run()')) as Record<string, Finding[]>
  const said = (findings: Finding[]) => findings.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html)}`)
  t.deepEqual(said(violations!), [])
  t.deepEqual(said(incomplete!.filter(({ id }) => id === 'color-contrast')), [])
  return passes!.find(({ id }) => id === 'color-contrast')!.nodes.length
}
