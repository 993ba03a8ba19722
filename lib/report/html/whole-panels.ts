import { seconds } from './round.ts'
import type { WholeLine, WholePanel } from './spread.ts'
import { toneOf } from './tones.ts'

type Values = readonly (number | null)[]

/** Makes panels of one part of the page that share their times, milliseconds of the run. */
export function panelsOf(part: WholePanel['part'], at: readonly number[]) {
  const times = at.map(seconds)
  return (
    id: string,
    title: string,
    about: string,
    unit: WholePanel['unit'],
    lines: readonly WholeLine[],
    log = false,
  ): WholePanel => ({ id, part, title, about, unit, log, at: times, lines })
}

/** A line for each of what has a name; none for what has no values. */
export function linesOf<T>(of: Readonly<Record<string, T>>, read: (one: T) => Values | undefined): WholeLine[] {
  return Object.entries(of).flatMap(([label, one], index) => {
    const values = read(one)
    return values ? [{ label, tone: toneOf(index), values }] : []
  })
}
