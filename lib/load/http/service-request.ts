import { instanceHeader } from '../../services/index.ts'
import type { RequestMessage, RequestResult } from '../iteration.ts'
import type { Origin } from '../publish/operation-origin.ts'
import type { Publisher } from '../publish/publisher.ts'
import type { Tagger } from '../tagger.ts'
import type { RequestFate, RequestLedger } from './request-ledger.ts'

/** What NATS services put on an answer that says that a request was not done. */
const errorHeader = 'Nats-Service-Error'

export interface ServiceRequestParts {
  readonly publisher: Publisher
  readonly requests: RequestLedger
  readonly tagger: Tagger
}

/** A request by NATS that a service answers, with an id by which its effect is known. */
export async function requestOfService(
  { publisher, requests, tagger }: ServiceRequestParts,
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
  if (result.outcome === 'replied') {
    countAnswer(tagger, service, result.message.headers?.get(instanceHeader) || undefined)
  }
  return result
}

/** Adds to what an instance did; who answered is not always known. */
export function countAnswer(tagger: Tagger, service: string, instance: string | undefined): void {
  if (instance === undefined) return
  tagger.current({ service, instance }).counter('instance_requests').count += 1
}

function fateOf(result: RequestResult): RequestFate {
  if (result.outcome !== 'replied') return result.outcome
  return result.message.headers?.has(errorHeader) ? 'refused' : 'accepted'
}
