import { readFile } from 'node:fs/promises'
import test from 'ava'
import * as squall from '../../lib/index.ts'
import { builtInMetrics } from '../../lib/measure/index.ts'
import { plan } from './project.ts'

const page = (name: string) => readFile(new URL(`../../docs/${name}.md`, import.meta.url), 'utf8')

/** Cells of the first table of a page, without its head. */
function firstTable(text: string): string[][] {
  const [table] = /^(\|.*\n)+/m.exec(text)!
  const rows = table.trimEnd().split('\n').slice(2)
  return rows.map((row) =>
    row
      .slice(1, -1)
      .split(' | ')
      .map((cell) => cell.trim()),
  )
}

test('the built-in metrics of docs/metrics.md are those of the code', async (t) => {
  t.deepEqual(
    firstTable(await page('metrics')),
    builtInMetrics.map(({ name, type, unit, description }) => [`\`${name}\``, type, unit, description]),
  )
})

test('everything that a script can import is in docs/script.md, docs/faults.md or docs/services.md', async (t) => {
  const text = (await page('script')) + (await page('faults')) + (await page('services'))
  for (const name of Object.keys(squall)) t.true(text.includes(`${name}(`), name)
})

for (const name of ['script', 'faults']) {
  const whole = /```ts\n(import [\s\S]*?)```/g
  test.serial(`the examples of docs/${name}.md are scripts without a mistake`, async (t) => {
    const scripts = [...(await page(name)).matchAll(whole)]
      .map(([, text]) => text!)
      .filter((text) => text.includes('phases'))
    t.true(scripts.length > 0)
    for (const text of scripts) await t.notThrowsAsync(plan(t, text))
  })
}
