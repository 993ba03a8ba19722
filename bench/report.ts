/**
 * A report as large as one becomes (five nodes, the metrics of three scenarios, every interval filled): its size, its page's
 * size and what they take, against their limits:
 *
 *     npx tsx bench/report.ts [page.html]
 */
import { writeFile } from 'node:fs/promises'
import { parseReport, renderPage, renderSummary } from '../lib/report/index.ts'
import { serialised } from '../lib/report/write.ts'
import { fullLengthReport } from '../test/report/full-length.ts'

const report = await fullLengthReport()
// The page's script is bundled once in a process.
await renderPage(report, { live: true })
const [text, writing] = await timed(() => [...serialised(report)].join(''))
const [, reading] = await timed(() => parseReport(text, 'full-length'))
const [page, rendering] = await timed(() => renderPage(report))
const [, summing] = await timed(() => renderSummary(report, { colour: false, width: 100 }))

console.log(`report       ${share(Buffer.byteLength(text), 20e6)} of 20 MB`)
console.log(`page         ${share(Buffer.byteLength(page), 1e6)} of 1 MB`)
for (const [name, took] of Object.entries({ serialise: writing, parse: reading, page: rendering, summary: summing }))
  console.log(`${name.padEnd(12)} ${took.toFixed(0)} ms`)
const [, , place] = process.argv
if (place !== undefined) await writeFile(place, page)

function share(bytes: number, limit: number): string {
  return `${((100 * bytes) / limit).toFixed(1)}%`
}

async function timed<T>(make: () => T | Promise<T>): Promise<[made: T, ms: number]> {
  const start = performance.now()
  return [await make(), performance.now() - start]
}
