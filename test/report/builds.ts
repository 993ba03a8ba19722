import type { Report } from '../../lib/report/index.ts'
import { fixtureReport } from './fixture.ts'

/** Runs of one build whose publishes took `factor` times as long as the fixture's, and a little more in each next one. */
export function runs(label: string, count: number, factor: number, changes: Partial<Report> = {}): Report[] {
  return Array.from({ length: count }, (_, index) => {
    const report = fixtureReport()
    const by = factor * (1 + ((index * 7) % count) / 1_000)
    // One of each stretch, so that nothing is merged: a merged one's percentiles are its histograms'.
    const known = new Set<string>()
    const single = report.series.filter(({ metric, tags: { phase, window, fault } }) => {
      const key = `${metric} ${phase} ${window} ${fault}`
      return metric !== 'publish_latency' || (!known.has(key) && known.add(key))
    })
    const series = single.map((one) => {
      const { value } = one
      if (value.kind !== 'trend' || one.metric !== 'publish_latency') return one
      const percentiles = Object.fromEntries(Object.entries(value.percentiles).map(([name, at]) => [name, at * by]))
      return { ...one, value: { ...value, percentiles } }
    })
    return { ...report, id: `${label}-${index}`, build: { label }, series, ...changes }
  })
}
