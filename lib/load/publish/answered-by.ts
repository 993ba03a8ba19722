import { type Msg, type MsgHdrs, headers as newHeaders } from 'nats'

const regionHeader = 'Squall-Region'

/** What a responder of a region puts on its replies, so that who asked knows how far they came; made once for all of them. */
export function regionHeaders(region: string | undefined): MsgHdrs | undefined {
  if (region === undefined) return undefined
  const headers = newHeaders()
  headers.set(regionHeader, region)
  return headers
}

/** The region whose responder sent a reply; undefined of one that does not say. */
export function answeredBy(reply: Pick<Msg, 'headers'>): string | undefined {
  return reply.headers?.get(regionHeader) || undefined
}
