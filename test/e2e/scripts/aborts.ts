import type { Iteration, Phase } from 'squall'

export const phases: Phase[] = [{ name: 'only', duration: '5m', rate: 50 }]
export const thresholds = { checks: [{ threshold: 'rate > 99%', abortOnFail: true, delayAbortEval: '2s' }] }
export const load = ({ check }: Iteration) => void check('never', false)
