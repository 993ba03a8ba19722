import type { Interval } from './recording/interval.ts'

export type Stage = 'starting' | 'setup' | 'load' | 'finishing' | 'draining' | 'stopping'

/** Told what a run is doing, for the terminal. Called often: it must be quick. */
export interface RunObserver {
  stage(stage: Stage): void
  phase(index: number, startedAt: number): void
  /** `fault` names the faults in force or being recovered from; undefined in a baseline. */
  window(label: string | undefined): void
  interval(interval: Interval): void
  /** A line for the log above the progress. */
  log(text: string): void
}
