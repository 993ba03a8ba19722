import type { Report } from '../schema.ts'
import { metaAbsence } from '../tables/meta-absence.ts'
import { lostLinks, regionCutColumns, regionCutLegend, regionCutRows } from '../tables/region-cuts.ts'
import { regionPairColumns, regionPairRows } from '../tables/region-pairs.ts'
import { regionColumns, regionRows } from '../tables/regions.ts'
import { andMore, firstOf, type Paper, remarkLines, type Section } from './paper.ts'
import { layTable } from './table.ts'
import { flow } from './text.ts'

const mostRows = 20
const mostPairs = 10
const mostCuts = 10
const mostRemarks = 4

/** How each region did, and how they were joined. */
export const regions: Section = (report, paper) => {
  const { first, more } = firstOf(regionRows(report), mostRows)
  if (first.length === 0) return []
  return [
    ...layTable(regionColumns(first), first, paper).lines,
    ...andMore(more, 'rows in the report', paper),
    ...pairs(report, paper),
    ...cuts(report, paper),
    ...remarkLines(metaAbsence(report), mostRemarks, 'remarks in the report', paper),
  ]
}

function pairs(report: Report, paper: Paper): string[] {
  const { first, more } = firstOf(regionPairRows(report), mostPairs)
  if (first.length === 0) return []
  return [...layTable(regionPairColumns(report), first, paper).lines, ...andMore(more, 'pairs in the report', paper)]
}

function cuts(report: Report, paper: Paper): string[] {
  const rows = regionCutRows(report)
  if (rows.length === 0) return []
  const { first, more } = firstOf(rows, mostCuts)
  return [
    ...layTable(regionCutColumns(rows), first, paper).lines,
    ...andMore(more, 'cuts in the report', paper),
    ...flow(regionCutLegend, ' · ', paper.width - 2).map((line) => paper.paint.dim(`  ${line}`)),
    ...remarkLines(lostLinks(rows), mostRemarks, 'cuts in the report', paper),
  ]
}
