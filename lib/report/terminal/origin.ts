import { connectionFacts, generatorFacts, generatorRemarks, versions, warningRemarks } from '../tables/generator.ts'
import { paragraph, remarkLines, type Section, titled } from './paper.ts'
import { clean, flow } from './text.ts'

const mostWarnings = 3

/** Where the numbers come from and how far they go: the generator's own delay, what ran, and what went wrong aside. */
export const origin: Section = (report, paper) => {
  const connections = connectionFacts(report)
  return [
    ...titled('Generator', generatorFacts(report), paper),
    ...remarkLines(generatorRemarks(report), mostWarnings, 'remarks in the report', paper),
    ...(connections === undefined ? [] : paragraph('  ', clean(connections), paper)),
    ...remarkLines(warningRemarks(report), mostWarnings, 'warnings in the report', paper),
    ...flow(versions(report).map(clean), ' · ', paper.width).map(paper.paint.dim),
  ]
}
