import { randomFrom } from '../../lib/measure/random.ts'

/** Box and Muller's normal numbers of a seed. */
export function normals(seed: number): () => number {
  const random = randomFrom(seed)
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

export const draw = (count: number, next: () => number) => Array.from({ length: count }, next)
