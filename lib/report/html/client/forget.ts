let endings: (() => void)[] = []

/** Calls back when what was drawn is to be drawn anew, in other places. */
export function onForget(end: () => void): void {
  endings.push(end)
}

/** Ends all that was drawn before: its places are gone. */
export function forgetDrawn(): void {
  for (const end of endings) end()
  endings = []
}
