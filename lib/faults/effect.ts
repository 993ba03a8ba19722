/** What one fault does to one link or node. */
export interface Effect {
  /** Name of the link or node. */
  readonly target: string
  /** Of an effect on several links at once: all of them. */
  readonly targets?: readonly string[]
  /** The same for messages: `link publishers-n1`, `node n2`. */
  readonly where: string
  apply(): Promise<void>
  /** May be called for one that was applied in part, or not at all, and again when it failed. */
  heal(): Promise<void>
}
