import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** Has the test told this run to go on? See `Squall.tell`. */
export const isTold = (): boolean => existsSync('told')

/** Resolves once it has. */
export async function told(): Promise<void> {
  while (!isTold()) await sleep(10)
}
