import { Writable } from 'node:stream'

const esc = '\x1b'
const tokens = new RegExp(`${esc}\\[[?\\d;]*[A-Za-z]|[\\s\\S]`, 'gu')

/** As much of a terminal as live progress needs; what it would show can be read as lines. */
export class Screen extends Writable {
  readonly isTTY = true
  columns: number
  cursorShown = true
  /** Everything that was written, as it was. */
  written = ''
  #lines: string[] = ['']
  #row = 0
  #column = 0

  constructor(columns = 80) {
    super()
    this.columns = columns
  }

  /** The lines shown, without empty ones at the end. */
  get lines(): string[] {
    return this.#lines.join('\n').trimEnd().split('\n')
  }

  /** Changes the width, as the user does it: terminals then break again what no longer fits. */
  resize(columns: number): void {
    const atEnd = this.#row === this.#lines.length - 1
    if (!atEnd) throw new Error('the cursor is expected below everything')
    this.#lines = this.#lines.flatMap((line) => line.match(new RegExp(`.{1,${columns}}`, 'gu')) ?? [''])
    this.#row = this.#lines.length - 1
    this.columns = columns
    this.emit('resize')
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    const text = chunk.toString()
    this.written += text
    for (const [token] of text.matchAll(tokens)) this.#take(token)
    done()
  }

  #take(token: string): void {
    if (token === '\n') {
      this.#row += 1
      this.#column = 0
      this.#lines[this.#row] ??= ''
    } else if (token === '\r') this.#column = 0
    else if (token === '\x1b[?25l') this.cursorShown = false
    else if (token === '\x1b[?25h') this.cursorShown = true
    else if (token === '\x1b[J') {
      this.#lines.length = this.#row + 1
      this.#lines[this.#row] = this.#lines[this.#row]!.slice(0, this.#column)
    } else if (token.startsWith('\x1b[') && token.endsWith('A'))
      this.#row = Math.max(0, this.#row - Number.parseInt(token.slice(2), 10))
    else if (token.startsWith('\x1b[') && token.endsWith('m')) return
    else if (token.startsWith('\x1b')) throw new Error(`unknown escape ${JSON.stringify(token)}`)
    else this.#print(token)
  }

  #print(character: string): void {
    if (this.#column >= this.columns) this.#take('\n')
    const line = this.#lines[this.#row]!
    this.#lines[this.#row] = line.slice(0, this.#column).padEnd(this.#column) + character + line.slice(this.#column + 1)
    this.#column += 1
  }
}
