import { readFileSync, writeFileSync } from 'node:fs'
import type { ExecutionContext } from 'ava'

/** Compares a text with test/report/golden/`name`; SQUALL_UPDATE_GOLDEN=1 writes it there instead, for a reader to judge. */
export function golden(t: ExecutionContext, name: string, text: string): void {
  const file = new URL(`golden/${name}`, import.meta.url)
  if (process.env.SQUALL_UPDATE_GOLDEN) writeFileSync(file, text)
  const lines = (whole: string) => whole.split('\n')
  t.deepEqual(lines(text), lines(readFileSync(file, 'utf8')))
}
