import type { Phase } from 'squall'

export const phases: Phase[] = [{ name: 'only', duration: '2s', rate: 100 }]
export const thresholds = { iteration_errors: 'count == 0' }
export async function load() {
  throw new Error('out of stock')
}
