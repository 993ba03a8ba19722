import type { SourceLocation } from '../errors.ts'

const widest = 120

/** A line of source with what is meant in it underlined, for a terminal. `column` counts from 1. */
export function codeFrame(line: number, text: string, column: number, length = 1): string {
  // Of a line that no terminal shows, the part around the place.
  const from = text.length > widest ? Math.max(0, column - 1 - widest / 2) : 0
  const shown = text.slice(from, from + widest)
  // Tabs stay tabs, or the mark would not be under what it marks.
  const indent = shown.slice(0, column - 1 - from).replaceAll(/[^\t]/g, ' ')
  const mark = '~'.repeat(Math.max(1, Math.min(length, shown.length - indent.length)))
  const gutter = String(line)
  return `${gutter} │ ${shown}\n${' '.repeat(gutter.length)} │ ${indent}${mark}`
}

/** The line of a source that a location points to. */
export function frameIn(source: string, { line, column }: SourceLocation, length = 1): string | undefined {
  const text = line === undefined ? undefined : source.split('\n')[line - 1]
  return text === undefined ? undefined : codeFrame(line!, text, column ?? 1, length)
}
