import * as v from 'valibot'
import { build } from '../../call-site.ts'
import * as s from '../../schema.ts'
import { type ServerOptions, type ServerPlan, serverEntries, serverPlan } from './server-options.ts'

export interface SingleOptions extends ServerOptions {}

/** One managed nats-server with JetStream, its clients behind proxies. The default topology. */
export function single(options: SingleOptions = {}): SingleOptions & { readonly kind: 'single' } {
  return build('single', { kind: 'single' }, options)
}

/** `single()` as plain data: one nats-server with JetStream. */
export interface SinglePlan extends ServerPlan {
  readonly kind: 'single'
}

export const singleSchema = v.pipe(
  s.object({ kind: v.literal('single'), ...serverEntries }),
  v.transform((input): SinglePlan => ({ kind: 'single', ...serverPlan(input) })),
)
