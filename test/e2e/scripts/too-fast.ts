import type { Iteration, Phase } from 'squall'

export const phases: Phase[] = [{ name: 'only', duration: '3s', rate: 2_000_000, gracefulStop: '1s' }]
export const load = ({ publish }: Iteration) => publish('ticks')
