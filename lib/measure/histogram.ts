import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64, type Histogram } from 'hdr-histogram-js'
import { percentileName, percentiles } from './metrics.ts'
import { highestValue } from './recorder.ts'

export type { Histogram }

/** Three significant digits from 1 to 2³² − 1, never resizing: hdr-histogram-js's own default range is 1 to 2. */
export function newHistogram(): Histogram {
  return build({
    bitBucketSize: 32,
    autoResize: false,
    lowestDiscernibleValue: 1,
    highestTrackableValue: highestValue,
    numberOfSignificantValueDigits: 3,
  })
}

/** HdrHistogram V2, compressed, base64: readable by every HdrHistogram. */
export function encodeHistogram(histogram: Histogram): string {
  return encodeIntoCompressedBase64(histogram)
}

/** Throws when the text is not an encoded histogram. */
export function decodeHistogram(base64: string): Histogram {
  const decoded = decodeFromCompressedBase64(base64, 32)
  const histogram = newHistogram()
  histogram.add(decoded)
  return histogram
}

/** Adds `[value, count, …]` as a {@link Recorder} gives them away. */
export function addPairs(histogram: Histogram, pairs: Uint32Array): void {
  for (let position = 0; position < pairs.length; position += 2) {
    histogram.recordValueWithCount(pairs[position]!, pairs[position + 1]!)
  }
}

/**
 * The value below or at which `share` of the samples lie, never above `max`: HdrHistogram answers with the top of the
 * bucket, which may lie past the largest sample. The last bucket has all that is larger too, and is answered for by `max`.
 */
export function valueAt(histogram: Histogram, share: number, max: number): number {
  const value = histogram.getValueAtPercentile(share * 100)
  return value >= highestValue ? max : Math.min(value, max)
}

/** Are there enough samples to speak of this percentile: at least one expected beyond it. */
export function supports(count: number, share: number): boolean {
  return count * (1 - share) >= 1 - 1e-9
}

/** Every summary percentile that the sample count supports, scaled; see {@link supports}. */
export function summaryPercentiles(histogram: Histogram, max: number, scale: number): Record<string, number> {
  const summary: Record<string, number> = {}
  for (const share of percentiles) {
    if (supports(histogram.totalCount, share)) summary[percentileName(share)] = valueAt(histogram, share, max) / scale
  }
  return summary
}

/** The value at `share` of raw `[value, count, …]` pairs, for one short interval; undefined when there are none. */
export function valueInPairs(pairs: readonly Uint32Array[], share: number): number | undefined {
  return valueInSorted(mergePairs(pairs), share)
}

/** The same of pairs that are sorted by value already, each value once. */
export function valueInSorted(sorted: Uint32Array, share: number): number | undefined {
  const total = countInPairs(sorted)
  if (total === 0) return undefined
  const rank = Math.max(1, Math.ceil(share * total))
  let seen = 0
  for (let position = 0; position < sorted.length; position += 2) {
    seen += sorted[position + 1]!
    if (seen >= rank) return sorted[position]!
  }
  return sorted.at(-2)
}

/** Samples in `[value, count, …]`. */
export function countInPairs(pairs: Uint32Array): number {
  let total = 0
  for (let position = 1; position < pairs.length; position += 2) total += pairs[position]!
  return total
}

/** Several lists of pairs as one, sorted by value, each value once. */
export function mergePairs(lists: readonly Uint32Array[]): Uint32Array {
  const counts = new Map<number, number>()
  for (const pairs of lists) {
    for (let position = 0; position < pairs.length; position += 2) {
      const value = pairs[position]!
      counts.set(value, (counts.get(value) ?? 0) + pairs[position + 1]!)
    }
  }
  const merged = new Uint32Array(counts.size * 2)
  let position = 0
  for (const value of [...counts.keys()].sort((a, b) => a - b)) {
    merged[position] = value
    merged[position + 1] = counts.get(value)!
    position += 2
  }
  return merged
}
