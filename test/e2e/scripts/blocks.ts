import type { Phase } from 'squall'

export const phases: Phase[] = [{ name: 'only', duration: '1m', rate: 10 }]
export function load() {
  for (;;) {
    // For ever.
  }
}
