import { useUnicode } from './ascii.ts'
import { useColour } from './colour.ts'
import type { SummaryOptions } from './summary.ts'

const widthElsewhere = 100

/** How a summary is to look on `stream`: for `run` and `report` alike, so that they print the same. */
export function summaryOptions(stream: { readonly isTTY?: boolean; readonly columns?: number }): SummaryOptions {
  // A terminal that does not know its width says 0.
  return { colour: useColour(stream), width: stream.columns || widthElsewhere, unicode: useUnicode() }
}
