import test from 'ava'
import { OtlpSender } from '../../lib/otlp/index.ts'
import type { Report, SeriesRecord } from '../../lib/report/index.ts'
import { recordedReport } from '../report/recorded.ts'
import { startCollector, tagsOf } from './collector.ts'

const at = Date.parse('2026-01-02T03:04:05.678Z')

/** The report's series by metric and tags. */
function seriesOf(report: Report, metric: string, tags: Record<string, string>): SeriesRecord {
  const wanted = JSON.stringify(Object.entries(tags).sort())
  return report.series.find(
    (one) => one.metric === metric && JSON.stringify(Object.entries(one.tags).sort()) === wanted,
  )!
}

function bucketOfRank(counts: readonly number[], rank: number): number {
  let seen = 0
  return counts.findIndex((count) => {
    seen += count
    return seen >= rank
  })
}

test('a collector gets every series of the report, with its unit, type, time and numbers', async (t) => {
  const report = await recordedReport()
  const { url, requests } = await startCollector(t)
  const sender = await OtlpSender.open(`${url}/`)
  await sender.send(report, at)
  await sender.close()
  t.is(requests.length, 1)
  const { path, type, resource, metrics } = requests[0]!
  t.is(path, '/v1/metrics')
  t.is(type, 'application/json')
  t.is(resource['service.name'], 'squall')
  t.is(resource['service.instance.id'], report.id)
  t.is(resource['squall.build'], report.build.label)

  const units = { time: 's', bytes: 'By', count: '', share: '1' }
  let compared = 0
  for (const { name, unit, description, sum, gauge, exponentialHistogram } of metrics) {
    const metric = name.replace(/^squall\./, '')
    const points = (sum ?? gauge ?? exponentialHistogram)!.dataPoints
    t.not(description, '', name)
    if (sum) t.deepEqual([sum.isMonotonic, sum.aggregationTemporality], [true, 2], `${name} is cumulative`)
    if (exponentialHistogram) t.is(exponentialHistogram.aggregationTemporality, 2, name)
    for (const point of points) {
      const series = seriesOf(report, metric, tagsOf(point))
      t.truthy(series, `${name} ${JSON.stringify(tagsOf(point))}`)
      const { value } = series
      t.is(unit, series.type === 'throughput' ? '1/s' : units[series.unit], name)
      t.is(Number(BigInt(point.startTimeUnixNano) / 1_000_000n), Date.parse(report.startedAt))
      t.is(point.timeUnixNano, `${BigInt(at) * 1_000_000n}`)
      const shown = (amount: number) => (series.unit === 'time' ? amount / 1_000 : amount)
      compared += 1
      if (value.kind === 'counter') t.is(Number(point.asInt), value.count)
      else if (value.kind === 'gauge') t.is(point.asDouble, shown(value.last))
      else if (value.kind === 'rate') t.is(point.asDouble, value.trues / value.total)
      else {
        t.is(Number(point.count), value.count)
        t.is(point.max, shown(value.max))
        const { scale, positive, zeroCount } = point
        const counts = positive!.bucketCounts.map(Number)
        t.is(
          counts.reduce((all, count) => all + count, Number(zeroCount)),
          value.count,
          name,
        )
        const base = 2 ** (2 ** -scale!)
        for (const [percentile, amount] of Object.entries(value.percentiles)) {
          // The bucket in which its rank lies, give or take one for how it is rounded, has to hold what the report says.
          const rank = Math.round((Number(percentile.slice(1)) / 100) * value.count) - Number(zeroCount)
          if (rank <= 1) continue
          const [from, to] = [bucketOfRank(counts, rank - 1), bucketOfRank(counts, Math.min(rank + 1, value.count))]
          const least = base ** (positive!.offset + from) * 0.999
          const most = base ** (positive!.offset + to + 1) * 1.001
          t.true(shown(amount) >= least && shown(amount) <= most, `${name} ${percentile}`)
        }
      }
    }
  }
  const sampled = report.series.filter(({ value }) => value.kind !== 'rate' || value.total > 0)
  t.is(compared, sampled.length, 'no series is missing')
})

test('a collector that refuses, or is not there, is named with the reason', async (t) => {
  const report = await recordedReport()
  const { url } = await startCollector(t, 400)
  const refused = await OtlpSender.open(url)
  const error = await t.throwsAsync(refused.send(report, at))
  t.regex(error!.message, /^--otlp: http:\/\/127\.0\.0\.1:\d+\/v1\/metrics did not take the metrics: it answered 400/)
  await refused.close()

  // Nobody listens there: a port that was free a moment ago may be another test's by now.
  const nobody = await OtlpSender.open('http://127.0.0.1:1/v1/metrics')
  const absent = await t.throwsAsync(nobody.send(report, at))
  t.regex(absent!.message, /^--otlp: http:\/\/127\.0\.0\.1:1\/v1\/metrics did not take the metrics: .*ECONNREFUSED/)
  await nobody.close()
})

test('what is no URL is said at once', async (t) => {
  const error = await t.throwsAsync(OtlpSender.open('collector:4318'))
  t.is(error!.message, '--otlp is "collector:4318"; it must be a URL such as http://localhost:4318')
})
