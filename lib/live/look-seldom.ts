import { now } from '../measure/index.ts'

/**
 * A look for whoever asks often: what was seen is good for `everyMs`, and for `share` times as long as it took to see.
 * Those who ask meanwhile get the same; a look that failed is made again.
 */
export function lookSeldom<T>(
  look: () => Promise<T>,
  { everyMs, share }: { readonly everyMs: number; readonly share: number },
): () => Promise<T> {
  let seen: Promise<T> | undefined
  let goodUntil = Number.POSITIVE_INFINITY
  return () => {
    if (seen && now() < goodUntil) return seen
    const since = now()
    goodUntil = Number.POSITIVE_INFINITY
    seen = look()
    seen.then(
      () => {
        goodUntil = now() + Math.max(everyMs, (now() - since) * share)
      },
      () => {
        goodUntil = 0
      },
    )
    return seen
  }
}
