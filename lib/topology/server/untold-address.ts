/**
 * `127.0.0.1:4222` as `[::ffff:127.0.0.1%25lo]:4222`: an address that a server which is told it can dial, and those to whom it passes
 * it on can't read, because Go writes the zone of an IPv6 address with a bare `%` and reads it with `%25` alone. It is dialled by
 * IPv4, which has no zones, whatever interfaces the machine has.
 */
export function untoldAddress(address: string): string {
  const [host, port] = address.split(':')
  return `[::ffff:${host}%25lo]:${port}`
}
