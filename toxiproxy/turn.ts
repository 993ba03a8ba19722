import { chunkBytes } from './limits.ts'

/**
 * A link that always has data would read two megabytes before the event loop looks at anything else, and a hundred of
 * them would keep a control call waiting for half a second. So a turn of the loop has a budget, which the links share.
 */
const turnBytes = 1 * 1024 * 1024

let turn = 0
let readers = 0
let share = turnBytes
let waiting: (() => void)[] = []

/** One link's share of each turn. */
export class TurnShare {
  #turn = -1
  #left = 0

  /** Counts bytes that were read. True when that was all the link gets in this turn. */
  take(bytes: number): boolean {
    if (this.#turn !== turn) {
      this.#turn = turn
      this.#left = share
      if (readers++ === 0) setImmediate(nextTurn)
    }
    this.#left -= bytes
    return this.#left <= 0
  }
}

/** Calls back at the beginning of the next turn. Only to be asked for when {@link TurnShare.take} said so. */
export function onNextTurn(callback: () => void): void {
  waiting.push(callback)
}

function nextTurn(): void {
  turn++
  share = Math.max(turnBytes / readers, chunkBytes)
  readers = 0
  const callbacks = waiting
  waiting = []
  for (const callback of callbacks) callback()
}
