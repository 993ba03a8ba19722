import { stretchesOf } from '../breakdown.ts'
import type { Report } from '../schema.ts'
import type { ChartData, Zoom } from './chart-data.ts'
import { curveCharts } from './curves.ts'
import { heatmaps } from './heatmaps.ts'
import { lanes } from './lanes.ts'
import { panels } from './panels.ts'
import { seconds } from './round.ts'

const mostMarks = 200

/** All that the page draws, made from the report alone. */
export function chartData(report: Report): ChartData {
  const { durationMs, faults, observed } = report
  return {
    seconds: seconds(durationMs),
    stretches: zooms(report),
    bands: faults.flatMap(({ id, appliedAt, healedAt = durationMs }) =>
      appliedAt === undefined ? [] : [{ label: id, from: seconds(appliedAt), to: seconds(healedAt) }],
    ),
    marks: (observed?.leaderChanges ?? [])
      .slice(0, mostMarks)
      .map(({ group, from, to, at }) => ({ label: `${group}: ${from} → ${to}`, at: seconds(at) })),
    lanes: lanes(report),
    panels: panels(report),
    heatmaps: stretchesOf(report).length === 0 ? [] : heatmaps(report),
    curves: curveCharts(report),
  }
}

/** Each phase, and each fault from a little before it to a little after its recovery. */
function zooms({ phases, faults, durationMs }: Report): Zoom[] {
  return [
    ...phases.map(({ name, startMs, endMs = durationMs }) => ({
      label: name,
      from: seconds(startMs),
      to: seconds(endMs),
    })),
    ...faults.flatMap(({ id, appliedAt, healedAt = durationMs, recovery }) => {
      if (appliedAt === undefined) return []
      const recovered = recovery?.recovered
      const end = healedAt + (recovered && 'ms' in recovered ? recovered.ms : 0)
      const margin = (end - appliedAt) / 3
      return [
        { label: id, from: seconds(Math.max(0, appliedAt - margin)), to: seconds(Math.min(durationMs, end + margin)) },
      ]
    }),
  ]
}
