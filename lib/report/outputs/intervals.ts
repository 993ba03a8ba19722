import type { Report } from '../schema.ts'

type Cell = string | number | null

/** One interval of the run: when, where in the plan, and every counter and percentile of it. */
function* intervals({ timeline, plan }: Report): Generator<Record<string, Cell>> {
  const { at, phase, window, due, started, dropped, inFlight, counters, trends } = timeline
  for (let index = 0; index < at.length; index += 1) {
    const row: Record<string, Cell> = {
      at_ms: at[index]!,
      phase: plan.phases[phase[index]!]?.name ?? '',
      window: window[index]!,
      due: due[index]!,
      started: started[index]!,
      dropped: dropped[index]!,
      in_flight: inFlight[index]!,
    }
    for (const [name, counts] of Object.entries(counters)) row[name] = counts[index]!
    for (const [name, { count, p50, p99, p999, max }] of Object.entries(trends)) {
      row[`${name}_count`] = count[index]!
      row[`${name}_p50`] = p50[index]!
      row[`${name}_p99`] = p99[index]!
      row[`${name}_p99.9`] = p999[index]!
      row[`${name}_max`] = max[index]!
    }
    yield row
  }
}

/** The timeline as RFC 4180 CSV; times in milliseconds, an empty field where there was no sample. */
export function renderCsv(report: Report): string {
  const lines: string[] = []
  for (const row of intervals(report)) {
    if (lines.length === 0) lines.push(Object.keys(row).map(field).join(','))
    lines.push(Object.values(row).map(field).join(','))
  }
  return lines.map((line) => `${line}\r\n`).join('')
}

/** The timeline as newline-delimited JSON, an object an interval. */
export function renderNdjson(report: Report): string {
  let text = ''
  for (const row of intervals(report)) text += `${JSON.stringify(row)}\n`
  return text
}

function field(cell: Cell): string {
  if (cell === null) return ''
  if (typeof cell === 'number') return String(cell)
  // A spreadsheet takes what begins like this for a formula.
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
