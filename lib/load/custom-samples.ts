import { now, sample, setGauge, type Tags } from '../measure/index.ts'
import type { Tagger } from './tagger.ts'

/** Records a sample of a metric that the script declared, in the phase and window of this moment. */
export function recordCustom(tagger: Tagger, name: string, type: string, value: number, tags: Tags | undefined): void {
  const set = tagger.current(tags)
  if (type === 'counter') set.counter(name).count += value
  else if (type === 'rate') {
    const rate = set.rate(name)
    rate.total += 1
    rate.trues += value
  } else if (type === 'gauge') setGauge(set.gauge(name), value, now())
  else sample(set.trend(name), value)
}
