import test from 'ava'
import { outputs } from '../../lib/report/index.ts'
import { serialised } from '../../lib/report/write.ts'
import { type Fullness, fullLengthReport } from './full-length.ts'
import { compareTables } from './numbers/compare.ts'
import { shownOnPage } from './numbers/shown.ts'

const wide: Fullness = { samples: 20_000, spread: 1.5, more: ['settlement_latency', 'refund_latency'] }

for (const [what, fullness, histogramMs, eachColumn] of [
  ['of any length', {}, 2_000, '28s'],
  ['whose latencies are spread over all that can be measured, two more of them', wide, 32_000, '1m4s'],
] as const) {
  test(`a report ${what} has 20 MB at most, and its page 1 MB`, async (t) => {
    const report = await fullLengthReport(fullness)
    t.is(report.timeline.histogramMs, histogramMs)
    const pieces = [...serialised(report)]
    const size = Buffer.byteLength(pieces.join(''))
    t.true(Math.max(...pieces.map((piece) => piece.length)) < size / 4, 'it is never in memory as one text')
    t.true(size > 2e6, `${size} bytes: not what a long run looks like`)
    t.true(size <= 20e6, `report: ${size} bytes`)
    const page = await outputs.find(({ name }) => name === 'html')!.make(report)
    t.true(Buffer.byteLength(page) <= 1e6, `page: ${Buffer.byteLength(page)} bytes`)
    t.regex(page, /Each point stands for \ds: the highest in them\./)
    t.regex(page, /Each point stands for \ds: their mean\./)
    t.regex(page, new RegExp(`Each column stands for ${eachColumn}\\.`))
    const figures = shownOnPage(String(page)).tables.filter(({ name }) => name.endsWith(', over its intervals'))
    t.true(figures.length > 5)
    t.deepEqual(
      compareTables({ tables: figures }, report).wrong,
      [],
      'figures are of all intervals, not of what is drawn',
    )
  })
}
