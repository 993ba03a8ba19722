/**
 * One sample into a histogram, Squall's recorder against hdr-histogram-js, in one run:
 *
 *     npx tsx bench/recorder.ts
 */

import { newHistogram, Recorder } from '../lib/measure/index.ts'
import { randomFrom } from '../lib/measure/random.ts'
import { median } from './nats.ts'

const rounds = 7
const count = 2_000_000
const random = randomFrom(1)
// Log-normal around 800 µs, as latencies are.
const values = Float64Array.from({ length: count }, () => Math.round(800 * Math.exp(gaussian() * 0.8)))

const recorder = new Recorder()
const histogram = newHistogram()
const nanoseconds: Record<'recorder' | 'hdr-histogram-js', number[]> = { recorder: [], 'hdr-histogram-js': [] }
for (let round = 0; round < rounds; round += 1) {
  nanoseconds.recorder.push(time((value) => recorder.record(value)))
  recorder.drain()
  nanoseconds['hdr-histogram-js'].push(time((value) => histogram.recordValue(value)))
}
for (const [name, times] of Object.entries(nanoseconds))
  console.log(`${name.padEnd(17)} ${median(times).toFixed(1)} ns a sample`)
const ratio = median(nanoseconds.recorder) / median(nanoseconds['hdr-histogram-js'])
console.log(`recorder ÷ hdr-histogram-js = ${ratio.toFixed(3)}`)

function time(record: (value: number) => void): number {
  const start = performance.now()
  for (let index = 0; index < count; index += 1) record(values[index]!)
  return ((performance.now() - start) * 1e6) / count
}

/** Box–Muller. */
function gaussian(): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}
