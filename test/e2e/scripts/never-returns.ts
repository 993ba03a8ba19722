import type { Phase } from 'squall'

export const phases: Phase[] = [
  { name: 'only', duration: process.env.DURATION ?? '2s', rate: 100, maxInFlight: 50, gracefulStop: '1s' },
]
export const load = () => new Promise(() => {})
