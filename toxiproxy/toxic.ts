import { seeded } from './seed.ts'
import type { Attributes, Kind } from './toxics/index.ts'

/** `upstream` is client to server, `downstream` is server to client. */
export type Direction = 'upstream' | 'downstream'

/** A toxic of a proxy. Patching replaces `attributes` and `toxicity`. */
export interface Toxic {
  readonly name: string
  readonly type: string
  readonly kind: Kind
  /** As it was spelled in the request: it is echoed so, and Toxiproxy ignores its case. */
  readonly stream: string
  readonly direction: Direction
  /** Counts up over a proxy's life: the place in the chain. */
  readonly order: number
  toxicity: number
  attributes: Attributes
}

/** Toxiproxy's wire shape, keys in its order. */
export function toxicJson({ attributes, name, type, stream, toxicity }: Toxic) {
  return { attributes, name, type, stream, toxicity }
}

/** What a toxic needs to know about the connection that it is at work on. */
export interface ConnectionKey {
  readonly seed: number
  readonly proxy: string
  /** Counts up from 1 over a proxy's life. */
  readonly number: number
}

/**
 * Toxicity is decided once for a toxic and a connection, so patching it from 0.2 to 0.5 keeps every connection that
 * was touched at 0.2.
 */
export function touches(toxic: Toxic, key: ConnectionKey): boolean {
  return seeded(key.seed, 'toxicity', key.proxy, toxic.name, key.number)() < toxic.toxicity
}

/** The toxic's own random numbers on this connection: jitter, slice sizes. */
export function randomOf(toxic: Toxic, key: ConnectionKey): () => number {
  return seeded(key.seed, 'values', key.proxy, toxic.name, key.number)
}
