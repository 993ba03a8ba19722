import type { Client } from '../clients/client.ts'

export interface Refusal {
  readonly outcome: 'failed'
  readonly reason: string
}

export const notConnected: Refusal = { outcome: 'failed', reason: 'not connected' }

/** Why a message of `size` bytes is known not to reach the server, if it is: nats.js would drop or throw. */
export function refusalOf(client: Client, size: number): Refusal | undefined {
  if (!client.connected) return notConnected
  const limit = client.nats.info?.max_payload ?? Number.POSITIVE_INFINITY
  if (size <= limit) return undefined
  return { outcome: 'failed', reason: `payload of ${size} bytes is over the server's max_payload of ${limit}` }
}
