import type { Iteration, Phase } from 'squall'

export const phases: Phase[] = [{ name: 'only', duration: '20s', rate: 10 }]
export const load = ({ publish }: Iteration) => publish('orders.created')
export function setup() {
  setTimeout(() => {
    throw new Error('out of the blue')
  }, 200)
}
