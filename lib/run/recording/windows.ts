import { baseline, matches, type Tags, type Window, windowLabel, windowTags } from '../../measure/index.ts'

/** A stretch of time with one phase and one window. Times are monotonic milliseconds. */
export interface Span {
  readonly phase: number
  readonly window: Window
  readonly from: number
  to: number | undefined
}

/**
 * Which window the run is in: a fault's while one is in force, recovery from the last heal until the system is well
 * again, else baseline. Remembers every span of the run.
 */
export class Windows {
  readonly #phases: readonly string[]
  readonly #active = new Map<string, string>()
  readonly #spans: Span[] = []
  #window: Window = baseline
  #phase = 0
  #endedAt = Number.POSITIVE_INFINITY

  constructor(phases: readonly string[]) {
    this.#phases = phases
  }

  get spans(): readonly Span[] {
    return this.#spans
  }

  get current(): Window {
    return this.#window
  }

  startPhase(at: number, phase: number): void {
    this.#phase = phase
    this.#open(at, this.#window)
  }

  /** A fault is about to be applied; returns the window from now on. */
  apply(at: number, id: string, name: string): Window {
    this.#active.set(id, name)
    return this.#open(at, { kind: 'fault', faults: this.#names() })
  }

  /** A fault has been healed; returns the window from now on. */
  heal(at: number, id: string): Window {
    const before = this.#names()
    this.#active.delete(id)
    const left = this.#names()
    return this.#open(at, left.length > 0 ? { kind: 'fault', faults: left } : { kind: 'recovery', faults: before })
  }

  /** The system is well again; returns the window from now on. */
  recovered(at: number): Window {
    return this.#open(at, baseline)
  }

  /** The phase under way has nothing more to do, before the next one begins. */
  endPhase(at: number): void {
    const last = this.#spans.at(-1)
    if (last) last.to ??= at
  }

  /** The first call counts. */
  end(at: number): void {
    if (this.#endedAt < Number.POSITIVE_INFINITY) return
    this.#endedAt = at
    this.endPhase(at)
  }

  /** When the load ended; NaN until then. */
  get endedAt(): number {
    return Number.isFinite(this.#endedAt) ? this.#endedAt : Number.NaN
  }

  /** Was the load over? Spans go on, and open, after it: heals at the end, and what consumers drain. */
  isOver(time: number): boolean {
    return time > this.#endedAt
  }

  /** The span that a moment lies in. */
  spanAt(time: number): Span | undefined {
    return this.#spans.findLast(({ from }) => from <= time) ?? this.#spans[0]
  }

  tags({ phase, window }: Span): Tags {
    return windowTags(this.#phases[phase]!, window)
  }

  /** Of a moment; what lies before the load counts as its beginning. */
  tagsAt(time: number): Tags {
    const span = this.spanAt(time)
    return span ? this.tags(span) : windowTags(this.#phases[0]!, baseline)
  }

  /**
   * Seconds of the load, until `now`, where the phase, window and fault of `tags` hold, as a selector has them: a fault
   * among several is enough. Other tags do not matter. Undefined where there was no such window.
   */
  secondsIn(tags: Tags, now: number): number | undefined {
    const place = placeOf(tags)
    return this.#seconds((span) => matches(span, place), now)
  }

  /** The same for the tags of a series: those of a fault are not of the time in which another one was in force too. */
  secondsOf(tags: Tags, now: number): number | undefined {
    const place = Object.entries(placeOf(tags))
    return this.#seconds((span) => place.every(([key, value]) => span[key] === value), now)
  }

  #seconds(isMeant: (tags: Tags) => boolean, now: number): number | undefined {
    const spans = this.#spans.filter((span) => isMeant(this.tags(span)))
    if (spans.length === 0) return undefined
    // What opens after the load, or goes on, is no part of it.
    const until = Math.min(now, this.#endedAt)
    return spans.reduce((sum, { from, to = until }) => sum + Math.max(0, to - from) / 1_000, 0)
  }

  #names(): string[] {
    return [...new Set(this.#active.values())].sort()
  }

  #open(at: number, window: Window): Window {
    const last = this.#spans.at(-1)
    // Between two phases nothing is sent: what opens then is the next one's first.
    if (last?.to !== undefined && last.phase === this.#phase && !Number.isFinite(this.#endedAt)) {
      this.#window = window
      return window
    }
    if (last && last.phase === this.#phase && windowLabel(last.window) === windowLabel(window)) return this.#window
    if (last) last.to ??= at
    this.#spans.push({ phase: this.#phase, window, from: at, to: undefined })
    this.#window = window
    return window
  }
}

/** What of a sample's tags says when it was. */
function placeOf({ phase, window, fault }: Tags): Tags {
  const place = Object.entries({ phase, window, fault }).filter(([, value]) => value !== undefined)
  return Object.fromEntries(place) as Tags
}
