import { formatDuration } from '../../../lib/measure/index.ts'
import type { Report } from '../../../lib/report/index.ts'
import { heatmapTables } from './heatmaps.ts'
import { panelTables } from './panels.ts'

/** What charts are called, for those who can't see them: from the same values as their figures. */
export function chartSentences(report: Report): string[] {
  const panels = Object.entries(panelTables(report)).flatMap(([name, rows]) => {
    if (rows.length === 0) return []
    const said = rows.map((row) => `${row[name]} ${row.median}, at most ${row.highest}`)
    return [`${name.split(', over its')[0]}. Medians: ${said.join('; ')}`]
  })
  const heatmaps = Object.entries(heatmapTables(report)).flatMap(([name, rows]) => {
    if (rows.length === 0) return []
    const samples = (row: (typeof rows)[number]) => Number(row.samples!.replaceAll(',', ''))
    const fullest = rows.reduce((most, row) => (samples(row) > samples(most) ? row : most))
    return [
      `${name.split(', by how')[0]}. Most samples, ${fullest.share}, took ${fullest.latency}; the slowest ${rows.at(-1)!.latency}`,
      `Each column stands for ${formatDuration(report.timeline.histogramMs ?? report.timeline.intervalMs)}.`,
    ]
  })
  return [...panels, ...heatmaps]
}
