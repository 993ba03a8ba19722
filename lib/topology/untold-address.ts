import { networkInterfaces } from 'node:os'

/** The name of the interface that has `::1`; undefined on a machine without it. */
export function loopbackZone(): string | undefined {
  return Object.entries(networkInterfaces()).find(([, all]) => all?.some(({ address }) => address === '::1'))?.[0]
}

/**
 * An address at `[::1]` with its zone, as in `[::1%25lo]:4222`, which a server that is told it can dial, and those to whom it
 * passes it on can't read: Go writes the zone with a bare `%` and reads it with `%25` alone. Any other stays as it is.
 */
export function withZone(address: string): string {
  return address.replace('[::1]', () => `[::1%25${loopbackZone()}]`)
}
