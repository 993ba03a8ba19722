import { styleText } from 'node:util'

/** Adds what a role looks like to a text; leaves it as it is where colours are off. */
export type Paint = (text: string) => string

/** Colours by what they say. The words around them say it too: no meaning is in the colour alone. */
export interface Palette {
  readonly strong: Paint
  readonly dim: Paint
  readonly good: Paint
  readonly caution: Paint
  readonly bad: Paint
  readonly fault: Paint
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Should text for `stream` be coloured? FORCE_COLOR decides where it is set (`0` and `false` mean no), then NO_COLOR
 * (https://no-color.org), as in Node.js itself; else terminals are, except dumb ones.
 */
export function useColour(stream: { readonly isTTY?: boolean }, env: Environment = process.env): boolean {
  const { FORCE_COLOR: force, NO_COLOR: no, TERM: terminal } = env
  if (force !== undefined) return force !== '0' && force !== 'false'
  if (no) return false
  return stream.isTTY === true && terminal !== 'dumb'
}

export function palette(colour: boolean): Palette {
  const paint = (format: Parameters<typeof styleText>[0]): Paint =>
    // Without the option, Node.js 22 and later decide by themselves, for stdout.
    colour ? (text) => styleText(format, text, { validateStream: false }) : (text) => text
  return {
    strong: paint('bold'),
    dim: paint('dim'),
    good: paint('green'),
    caution: paint('yellow'),
    bad: paint('red'),
    fault: paint('magenta'),
  }
}
