/** Who asks: the phase and lag of the iteration that a publish or request belongs to. Times in milliseconds. */
export interface Origin {
  readonly phase: number
  /** How late the iteration began: its operations should each have begun this much earlier. */
  readonly lag: number
  readonly ackTimeoutMs: number
}
