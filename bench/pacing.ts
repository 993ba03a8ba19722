/**
 * How late iterations start, and what that costs, by pacing and rate:
 *
 *     npx tsx bench/pacing.ts
 */
import { startPacer } from '../lib/load/executors/pacer.ts'
import { scheduleFor } from '../lib/load/executors/schedule.ts'
import { now, Recorder, valueInPairs } from '../lib/measure/index.ts'

const durationMs = 4_000

console.log('pacing     rate/s   late p50   p99   p99.9 (µs)   CPU')
for (const rate of [200, 1_000, 20_000]) {
  for (const pacing of ['eco', 'precise'] as const) {
    const { late, cpu } = await measure(pacing, rate)
    const [p50, p99, p999] = [0.5, 0.99, 0.999].map((share) => String(valueInPairs([late], share)))
    const share = `${Math.round(cpu * 100)}%`
    console.log(
      `${pacing.padEnd(9)} ${String(rate).padStart(7)} ${p50!.padStart(10)} ${p99!.padStart(5)} ${p999!.padStart(7)} ${share.padStart(11)}`,
    )
  }
}

async function measure(pacing: 'eco' | 'precise', rate: number): Promise<{ late: Uint32Array; cpu: number }> {
  const schedule = scheduleFor({ kind: 'rate', rate, arrival: 'constant' }, durationMs, 1)
  const recorder = new Recorder()
  const start = now() + 20
  const before = process.cpuUsage()
  let due = start + schedule.next()
  await new Promise<void>((resolve) => {
    const stop = startPacer(pacing, () => {
      const time = now()
      while (due <= time) {
        recorder.record((time - due) * 1_000)
        due = start + schedule.next()
      }
      if (due !== Number.POSITIVE_INFINITY) return
      stop()
      resolve()
    })
  })
  const { user, system } = process.cpuUsage(before)
  return { late: recorder.drain()!.pairs, cpu: (user + system) / 1_000 / durationMs }
}
