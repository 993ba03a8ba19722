import type { Tags } from './metrics.ts'

/**
 * A stretch of a phase by what was being done to the system: nothing yet, a fault, or getting over one. Each sample
 * carries the window it fell in, so that a percentile is never taken across a fault's edge.
 */
export interface Window {
  readonly kind: WindowKind
  /** Names of the faults in force, or just healed; sorted, none for a baseline. */
  readonly faults: readonly string[]
}

export const windowKinds = ['baseline', 'fault', 'recovery'] as const
export type WindowKind = (typeof windowKinds)[number]

export const baseline: Window = { kind: 'baseline', faults: [] }

const severity: Readonly<Record<WindowKind, number>> = { baseline: 0, recovery: 1, fault: 2 }

/** `baseline`, `fault slow`, `recovery slow+cut`. */
export function windowLabel({ kind, faults }: Window): string {
  return faults.length === 0 ? kind : `${kind} ${faults.join('+')}`
}

/** The tags of a sample that fell into a window: `fault` is there where faults were, `a+b` for two. */
export function windowTags(phase: string, { kind, faults }: Window): Tags {
  const tags = { phase, window: kind }
  return faults.length === 0 ? tags : { ...tags, fault: faults.join('+') }
}

/**
 * The windows of one phase as they opened, and the one a given operation belongs to: the most severe window that any
 * part of it overlapped. An operation sent just before a cut and acknowledged after it is the cut's, so a baseline
 * stays clean; one sent before a heal and finished after it is the fault's.
 */
export class WindowTrack {
  readonly #opened: { readonly at: number; readonly index: number; readonly severity: number }[] = []
  readonly #labels: string[] = []
  readonly windows: Window[] = []

  constructor(at = Number.NEGATIVE_INFINITY, first: Window = baseline) {
    this.open(at, first)
  }

  /** Opens `window` at monotonic time `at`, in milliseconds. Windows open in order of time. */
  open(at: number, window: Window): void {
    const label = windowLabel(window)
    let index = this.#labels.indexOf(label)
    if (index === -1) {
      index = this.#labels.push(label) - 1
      this.windows.push(window)
    }
    this.#opened.push({ at, index, severity: severity[window.kind] })
  }

  /** Index into {@link windows} of the one in force. */
  get current(): number {
    return this.#opened.at(-1)!.index
  }

  /** Index into {@link windows} for an operation that ran from `from` to now. */
  indexSince(from: number): number {
    let position = this.#opened.length - 1
    let best = this.#opened[position]!
    while (position > 0 && this.#opened[position]!.at > from) {
      position -= 1
      const earlier = this.#opened[position]!
      if (earlier.severity > best.severity) best = earlier
    }
    return best.index
  }
}
