/**
 * Counts samples in HdrHistogram's buckets for three significant digits, in about 15 ns a sample against the 130 ns of
 * hdr-histogram-js (bench/recorder.ts), and gives away only the buckets that were touched. It does the hot path and
 * nothing else: merging, percentiles and encoding are hdr-histogram-js's (histogram.ts).
 *
 * Bucket layout: HdrHistogram, AbstractHistogram.countsArrayIndex and valueFromIndex, with a lowest discernible value
 * of 1 and 2 048 sub-buckets.
 */
export class Recorder {
  readonly #counts = new Uint32Array(bucketCount)
  #touched = new Uint16Array(256)
  #touchedCount = 0
  #min = Number.POSITIVE_INFINITY
  #max = 0
  #sum = 0

  /** Records a whole number; negatives count as 0, values past {@link highestValue} in its bucket. NaN is refused. */
  record(value: number): void {
    if (!(value >= 0)) {
      if (Number.isNaN(value)) throw new RangeError('a sample must be a number, not NaN')
      value = 0
    } else value = Math.round(value)
    if (value < this.#min) this.#min = value
    if (value > this.#max) this.#max = value
    this.#sum += value
    const index = indexOf(Math.min(value, highestValue))
    const count = this.#counts[index]!
    if (count === 0) this.#touch(index)
    this.#counts[index] = count + 1
  }

  get isEmpty(): boolean {
    return this.#touchedCount === 0
  }

  /** What was recorded since the last call, as `[value, count, …]`; undefined when nothing was. */
  drain(): { pairs: Uint32Array; min: number; max: number; sum: number } | undefined {
    if (this.isEmpty) return undefined
    const pairs = new Uint32Array(this.#touchedCount * 2)
    for (let position = 0; position < this.#touchedCount; position += 1) {
      const index = this.#touched[position]!
      pairs[position * 2] = valueAt(index)
      pairs[position * 2 + 1] = this.#counts[index]!
      this.#counts[index] = 0
    }
    const drained = { pairs, min: this.#min, max: this.#max, sum: this.#sum }
    this.#touchedCount = 0
    this.#min = Number.POSITIVE_INFINITY
    this.#max = 0
    this.#sum = 0
    return drained
  }

  #touch(index: number): void {
    if (this.#touchedCount === this.#touched.length) {
      const larger = new Uint16Array(this.#touched.length * 2)
      larger.set(this.#touched)
      this.#touched = larger
    }
    this.#touched[this.#touchedCount] = index
    this.#touchedCount += 1
  }
}

/** The largest value that can be told apart: 2³² − 1, which is 71 minutes in microseconds. */
export const highestValue = 2 ** 32 - 1

const halfCountMagnitude = 10
const halfCount = 1 << halfCountMagnitude
const subBucketMask = 2 * halfCount - 1
const bucketCount = (32 - halfCountMagnitude + 1) * halfCount

function indexOf(value: number): number {
  const bucket = 31 - halfCountMagnitude - Math.clz32(value | subBucketMask)
  return (bucket << halfCountMagnitude) + (value >>> bucket)
}

/** The lowest value of a bucket, as HdrHistogram records it. */
function valueAt(index: number): number {
  const bucket = (index >>> halfCountMagnitude) - 1
  if (bucket < 0) return index
  return ((index & (halfCount - 1)) + halfCount) * 2 ** bucket
}
