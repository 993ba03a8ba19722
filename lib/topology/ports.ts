import { randomInt } from 'node:crypto'

/**
 * A port to try to listen on; whoever listens finds out whether it is free, and asks for another one if not.
 *
 * It is below the ranges that systems take ports for outgoing connections from (Linux from 32768, macOS from 49152). A
 * port of those can be lost while its listener is down, even to a client that dials it and is given it as its own
 * end, which then talks to itself.
 */
export function candidatePort(): number {
  return randomInt(20_000, 32_768)
}
