import { now, sample, type Tags } from '../measure/index.ts'
import type { Tagger } from './tagger.ts'

/** Records a sample of a metric that the script declared, in the phase and window of this moment. */
export function recordCustom(tagger: Tagger, name: string, type: string, value: number, tags: Tags | undefined): void {
  const set = tagger.current(tags)
  if (type === 'counter') set.counter(name).count += value
  else if (type === 'rate') {
    const rate = set.rate(name)
    rate.total += 1
    rate.trues += value
  } else if (type === 'gauge') {
    const gauge = set.gauge(name)
    const first = Number.isNaN(gauge.last)
    gauge.last = value
    gauge.setAt = now()
    gauge.min = first ? value : Math.min(gauge.min, value)
    gauge.max = first ? value : Math.max(gauge.max, value)
  } else sample(set.trend(name), value)
}
