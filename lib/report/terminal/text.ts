import { stripVTControlCharacters } from 'node:util'

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })
const printableAscii = /^[\x20-\x7e]*$/

/** Two columns wide: emoji, and Unicode's East Asian Wide and Fullwidth (UAX #11) by its blocks. */
const wide =
  /^(?:\p{Emoji_Presentation}|.\u{fe0f}|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}])/u
const zero = /^[\p{Mark}\p{Format}\p{Control}]+$/u

/** Columns that the text takes in a terminal, colours not counted. */
export function textWidth(text: string): number {
  if (printableAscii.test(text)) return text.length
  let width = 0
  for (const { segment } of graphemes.segment(stripVTControlCharacters(text))) width += graphemeWidth(segment)
  return width
}

function graphemeWidth(grapheme: string): number {
  if (zero.test(grapheme)) return 0
  return wide.test(grapheme) ? 2 : 1
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - textWidth(text)))
}

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - textWidth(text))) + text
}

/** What makes a terminal write the rest of the line from right to left (UAX #9, explicit formatting). */
const bidirectional = /[\u202a-\u202e\u2066-\u2069]/g

/** One line without colours or control characters: what others wrote must not move the cursor. */
export function clean(text: string): string {
  return stripVTControlCharacters(text)
    .replace(bidirectional, '')
    .replace(/[\p{Control}\s]+/gu, ' ')
    .trim()
}

/** At most `width` columns of a text without colours; `…` stands for what was cut off. */
export function truncate(text: string, width: number): string {
  if (textWidth(text) <= width) return text
  const [head] = splitAt(text, width - 1)
  return `${head}…`
}

/** Lines of at most `width` columns, broken between words where that is possible; for a text without colours. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (let word of clean(text).split(' ')) {
    if (line !== '' && textWidth(line) + 1 + textWidth(word) <= width) {
      line += ` ${word}`
      continue
    }
    if (line !== '') lines.push(line)
    while (textWidth(word) > width) {
      const [head, rest] = splitAt(word, width)
      lines.push(head)
      word = rest
    }
    line = word
  }
  if (line !== '') lines.push(line)
  return lines
}

/** Puts parts next to each other, going on to another line where one would be wider than `width`; a part that is gets cut. */
export function flow(parts: readonly string[], separator: string, width: number): string[] {
  const lines: string[] = []
  for (const whole of parts) {
    const part = truncate(whole, width)
    const last = lines.at(-1)
    if (last !== undefined && textWidth(last) + textWidth(separator) + textWidth(part) <= width) {
      lines[lines.length - 1] = last + separator + part
    } else lines.push(part)
  }
  return lines
}

/** The longest head of at most `width` columns, at least one character, and what is left. */
function splitAt(text: string, width: number): [head: string, rest: string] {
  let head = ''
  let columns = 0
  for (const { segment } of graphemes.segment(text)) {
    columns += graphemeWidth(segment)
    if (columns > width && head !== '') break
    head += segment
  }
  return [head, text.slice(head.length)]
}
