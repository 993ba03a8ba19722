import { randomFrom } from '../measure/index.ts'

export type SideName = 'a' | 'b'

/**
 * Who runs when, two for each pair: blocks of A B B A or B A A B, drawn from the seed, so that a drift of the machine falls on
 * both sides alike and no side is always first. An odd pair at the end is A B or B A.
 */
export function orderOf(pairs: number, seed: number): SideName[] {
  const random = randomFrom(seed)
  const order: SideName[] = []
  while (order.length < 2 * pairs) {
    const [first, second]: SideName[] = random() < 0.5 ? ['a', 'b'] : ['b', 'a']
    order.push(first!, second!, second!, first!)
  }
  return order.slice(0, 2 * pairs)
}
