import { appendFileSync } from 'node:fs'
import type { Phase } from 'squall'

export const phases: Phase[] = [{ name: 'only', duration: '2s', rate: 100 }]
export function setup() {
  throw new Error('no database')
}
export function teardown() {
  appendFileSync('teardown.txt', 'once\n')
}
export async function load() {}
