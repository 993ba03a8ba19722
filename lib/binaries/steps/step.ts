import type { Binary } from '../binary.ts'

export interface StepContext {
  readonly binary: Binary
  /** Where the step must leave the program. */
  readonly target: string
  /** An empty folder of the step's own, removed after it. */
  readonly folder: string
  /** Nothing may be fetched. */
  readonly offline: boolean
  readonly signal: AbortSignal | undefined
  /** For what the user should know beside success or failure. */
  log(line: string): void
}

/** One way to get a binary. */
export interface Step {
  /** Short, as a user selects it. */
  readonly id: string
  readonly name: string
  /** Leaves the program at `context.target`, or rejects with an Error whose message says in one line why not. */
  run(context: StepContext): Promise<void>
}
