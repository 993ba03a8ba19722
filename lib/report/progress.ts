import type { WriteStream } from 'node:tty'
import { type ProgressState, renderProgress, renderProgressLine } from './progress-lines.ts'
import { useUnicode } from './terminal/ascii.ts'
import { useColour } from './terminal/colour.ts'
import { textWidth } from './terminal/text.ts'

export interface ProgressOptions {
  /** Shows nothing at all. */
  readonly quiet?: boolean
  readonly colour?: boolean
  readonly unicode?: boolean
}

type Stream = NodeJS.WritableStream & Partial<Pick<WriteStream, 'isTTY' | 'columns'>>

const repaintMs = 100
const plainLineMs = 10_000
/** For as long a change is waited on: what begins with a fault is one line, and it has a rate of its own. */
const settleMs = 1_000
const defaultWidth = 80
const hideCursor = '\x1b[?25l'
const showCursor = '\x1b[?25h'
const clearBelow = '\x1b[J'

/**
 * Live progress. On a terminal it repaints a few lines in place, at most ten times a second; elsewhere it writes a plain
 * line every ten seconds, at each change of stage, and a second after a change of phase or fault.
 */
export class Progress {
  readonly #stream: Stream
  readonly #quiet: boolean
  readonly #colour: boolean
  readonly #unicode: boolean
  #state: ProgressState | undefined
  /** Widths of the lines on the screen now: after a resize they may take more rows than lines. */
  #painted: readonly number[] = []
  #wroteAt = Number.NEGATIVE_INFINITY
  /** By the run's own time, of the first change that no line tells of yet. */
  #changedAt: number | undefined
  #timer: NodeJS.Timeout | undefined
  #ended = false

  constructor(stream: Stream, options: ProgressOptions = {}) {
    this.#stream = stream
    this.#quiet = options.quiet ?? false
    this.#colour = options.colour ?? useColour(stream)
    this.#unicode = options.unicode ?? useUnicode()
    if (this.#live) {
      stream.on('resize', this.#repaint)
      process.on('exit', this.#restore)
      stream.write(hideCursor)
    }
  }

  update(state: ProgressState): void {
    if (this.#quiet || this.#ended) return
    const previous = this.#state
    this.#state = state
    if (this.#live) this.#soon()
    else if (this.#due(state, previous)) {
      this.#wroteAt = performance.now()
      this.#changedAt = undefined
      this.#stream.write(`${renderProgressLine(state)}\n`)
    }
  }

  /** Is it time for a plain line? */
  #due(state: ProgressState, previous: ProgressState | undefined): boolean {
    if (state.stage !== 'load') return state.stage !== previous?.stage || this.#isLongAgo()
    if (differs(state, previous)) this.#changedAt ??= state.totalElapsedMs
    return this.#changedAt === undefined ? this.#isLongAgo() : state.totalElapsedMs - this.#changedAt >= settleMs
  }

  #isLongAgo(): boolean {
    return performance.now() - this.#wroteAt >= plainLineMs
  }

  /** Writes a line that stays, above the live area. */
  log(text: string): void {
    if (this.#quiet || this.#ended) return
    this.#stream.write(`${this.#erase()}${text}\n`)
    if (this.#live) this.#repaint()
  }

  /** Clears the live area and gives the cursor back. Safe to call twice. */
  end(): void {
    if (this.#ended) return
    this.#ended = true
    clearTimeout(this.#timer)
    if (!this.#live) return
    this.#stream.off('resize', this.#repaint)
    process.off('exit', this.#restore)
    this.#stream.write(this.#erase())
    this.#restore()
  }

  get #live(): boolean {
    return this.#stream.isTTY === true && !this.#quiet
  }

  #restore = (): void => {
    this.#stream.write(showCursor)
  }

  #soon(): void {
    if (this.#timer) return
    const wait = this.#wroteAt + repaintMs - performance.now()
    if (wait <= 0) this.#repaint()
    else this.#timer = setTimeout(this.#repaint, wait).unref()
  }

  #repaint = (): void => {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (!this.#state) return
    this.#wroteAt = performance.now()
    // The last column stays free: a terminal that wraps there would add a row.
    const width = this.#columns - 1
    const lines = renderProgress(this.#state, { width, colour: this.#colour, unicode: this.#unicode })
    this.#stream.write(this.#erase() + lines.join('\n'))
    this.#painted = lines.map(textWidth)
  }

  /** What takes the live area off the screen and leaves the cursor where it began. */
  #erase(): string {
    if (this.#painted.length === 0) return ''
    const rows = this.#painted.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / this.#columns)), 0)
    this.#painted = []
    return `\r${rows > 1 ? `\x1b[${rows - 1}A` : ''}${clearBelow}`
  }

  get #columns(): number {
    return this.#stream.columns || defaultWidth
  }
}

function differs(state: ProgressState, previous: ProgressState | undefined): boolean {
  return state.stage !== previous?.stage || state.phaseIndex !== previous.phaseIndex || state.fault !== previous.fault
}
