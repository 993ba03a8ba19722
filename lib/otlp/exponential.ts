/** Where a distribution's samples are, as OTLP's exponential histogram has it: bucket i holds (base^i, base^(i+1)]. */
export interface Exponential {
  /** base = 2^(2^−scale). */
  readonly scale: number
  readonly zeroCount: number
  /** Of the first bucket. */
  readonly offset: number
  readonly bucketCounts: readonly number[]
}

/** The SDK's own limit, which every receiver can take. */
const mostBuckets = 160
/** Finer than HdrHistogram's three digits is no finer. */
const finestScale = 10

/**
 * Buckets as fine as so many can be for the range of the samples (for a range of 1 to 1 000: 9 % wide).
 *
 * https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exponentialhistogram
 */
export function exponential(samples: readonly { readonly value: number; readonly count: number }[]): Exponential {
  const positive = samples.filter(({ value }) => value > 0)
  const zeroCount = samples.reduce((sum, { value, count }) => sum + (value > 0 ? 0 : count), 0)
  if (positive.length === 0) return { scale: 0, zeroCount, offset: 0, bucketCounts: [] }
  const values = positive.map(({ value }) => value)
  const [lowest, highest] = [Math.min(...values), Math.max(...values)]
  let scale = finestScale
  while (bucketOf(highest, scale) - bucketOf(lowest, scale) >= mostBuckets) scale -= 1
  const offset = bucketOf(lowest, scale)
  const bucketCounts = Array<number>(bucketOf(highest, scale) - offset + 1).fill(0)
  for (const { value, count } of positive) bucketCounts[bucketOf(value, scale) - offset]! += count
  return { scale, zeroCount, offset, bucketCounts }
}

function bucketOf(value: number, scale: number): number {
  return Math.ceil(Math.log2(value) * 2 ** scale) - 1
}
