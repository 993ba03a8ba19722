import type { Report } from '../schema.ts'
import { metaAbsence } from '../tables/meta-absence.ts'
import { lostLinks, regionCutColumns, regionCutLegend, regionCutRows } from '../tables/region-cuts.ts'
import { regionPairColumns, regionPairRows } from '../tables/region-pairs.ts'
import { regionColumns, regionRows } from '../tables/regions.ts'
import { html, type Markup } from './markup.ts'
import { remarkList } from './remarks.ts'
import { table } from './table.ts'

/** How each region did, and how they were joined. */
export function regionSection(report: Report, panels: readonly Markup[]): Markup | undefined {
  const rows = regionRows(report)
  if (rows.length === 0) return undefined
  const pairs = regionPairRows(report)
  const cuts = regionCutRows(report)
  return html`${remarkList([...lostLinks(cuts), ...metaAbsence(report)])}
${table(regionColumns(rows), rows, 'By region, phase and window')}
${pairs.length > 0 && table(regionPairColumns(report), pairs, 'Between regions')}
${
  cuts.length > 0 &&
  html`${table(regionCutColumns(cuts), cuts, 'Apart')}
<p class="about">${regionCutLegend.join(' · ')}</p>`
}
${panels}`
}
