import type { RequestMessage, RequestResult } from './iteration.ts'
import type { Origin, Publisher } from './publisher.ts'
import type { RequestFate, RequestLedger } from './request-ledger.ts'

/** What NATS services put on an answer that says that a request was not done. */
const errorHeader = 'Nats-Service-Error'

/** A request by NATS that a service answers, with an id by which its effect is known. */
export async function requestOfService(
  publisher: Publisher,
  requests: RequestLedger,
  origin: Origin,
  subject: string,
  { service = '', headers, tags, ...message }: RequestMessage,
): Promise<RequestResult> {
  const number = requests.next()
  const result = await publisher.request(origin, subject, {
    ...message,
    headers: { ...headers, 'x-request-id': requests.idOf(number) },
    tags: { ...tags, service },
  })
  requests.settle(service, number, fateOf(result))
  return result
}

function fateOf(result: RequestResult): RequestFate {
  if (result.outcome !== 'replied') return result.outcome
  return result.message.headers?.has(errorHeader) ? 'refused' : 'accepted'
}
