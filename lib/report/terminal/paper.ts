import type { Report } from '../schema.ts'
import type { Remark } from '../tables/remark.ts'
import type { Palette } from './colour.ts'
import { flow, wrap } from './text.ts'

/** What a part of the summary is written on. */
export interface Paper {
  /** Columns. */
  readonly width: number
  readonly paint: Palette
}

/** A part of the summary: its lines, none where there is nothing to say. */
export type Section = (report: Report, paper: Paper) => string[]

/** `Title  one thing · another`, the title standing out, going on below the first thing where there is no room. */
export function titled(title: string, parts: readonly string[], { width, paint }: Paper): string[] {
  const hang = title.length + 2
  return flow(parts, ' · ', width - hang).map((line, index) =>
    index === 0 ? `${paint.strong(title)}  ${line}` : ' '.repeat(hang) + line,
  )
}

/** A paragraph with its first line after `bullet` and the others below the first one's text. */
export function paragraph(bullet: string, text: string, { width }: Paper, paint = (line: string) => line): string[] {
  const hang = ' '.repeat(bullet.length)
  return wrap(text, width - bullet.length).map((line, index) => (index === 0 ? bullet : hang) + paint(line))
}

/** The first `most`, and how many were left out. A list is not cut for the sake of one: the note takes a line too. */
export function firstOf<T>(list: readonly T[], most: number): { readonly first: readonly T[]; readonly more: number } {
  if (list.length <= most + 1) return { first: list, more: 0 }
  return { first: list.slice(0, most), more: list.length - most }
}

/** `… and 3 more faults in the report`. */
export function andMore(more: number, what: string, { paint }: Paper): string[] {
  return more === 0 ? [] : [paint.dim(`  … and ${more} more ${what}`)]
}

/** The first `most` remarks, a paragraph each; of the others it is said how many there are. */
export function remarkLines(remarks: readonly Remark[], most: number, what: string, paper: Paper): string[] {
  const { first, more } = firstOf(remarks, most)
  return [
    ...first.flatMap(({ mark, tone, text }) => paragraph(`  ${mark} `, text, paper, paper.paint[tone])),
    ...andMore(more, what, paper),
  ]
}
