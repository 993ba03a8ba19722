import type { ChartTone, LaneSpan } from './chart-data.ts'

/** Fewer than these side by side can still be told apart. */
const fewestTogether = 3
const mostNamed = 3
/** What is never to vanish in a mixture, worst first. */
const alarming: readonly ChartTone[] = ['bad', 'caution', 'fault']

/**
 * A lane's spans as they can be read where nothing shorter than `least` seconds can: three or more short ones in a row become
 * one that says how many they were. Ordered by their beginning; a short one between long ones stays.
 */
export function readable(spans: readonly LaneSpan[], least: number): LaneSpan[] {
  const made: LaneSpan[] = []
  let short: LaneSpan[] = []
  const flush = () => {
    made.push(...(short.length < fewestTogether ? short : [together(short)]))
    short = []
  }
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    const last = short.at(-1)
    if (last && span.from - last.to >= least) flush()
    if (span.to - span.from < least) short.push(span)
    else {
      flush()
      made.push(span)
    }
  }
  flush()
  return made
}

function together(spans: readonly LaneSpan[]): LaneSpan {
  const seconds = new Map<string, number>()
  for (const { label, from, to } of spans) seconds.set(label, (seconds.get(label) ?? 0) + to - from)
  const labels = [...seconds].sort(([, a], [, b]) => b - a).map(([label]) => label)
  const count = spans.reduce((sum, { merged = 1 }) => sum + merged, 0)
  const named = `${labels.slice(0, mostNamed).join(', ')}${labels.length > mostNamed ? ', …' : ''}`
  return {
    from: spans[0]!.from,
    to: Math.max(...spans.map(({ to }) => to)),
    label: `${count} × ${named}`,
    tone: toneOf(spans),
    merged: count,
  }
}

function toneOf(spans: readonly LaneSpan[]): ChartTone {
  const tones = new Set(spans.map(({ tone }) => tone))
  const [first] = tones
  return alarming.find((tone) => tones.has(tone)) ?? (tones.size === 1 && first ? first : 'muted')
}
