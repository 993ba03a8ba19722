import { build } from '../call-site.ts'
import type { Duration } from '../measure/index.ts'

/** One of `http`, `tcp`, `nats` and `command`, and how often to ask. */
export interface CheckOptions {
  /** A path: any status from 200 to 399 is good. */
  readonly http?: string
  /** Somebody accepts connections on the instance's port. */
  readonly tcp?: true
  /** A subject: a request on it is answered. `{instance}` in it is the instance's name. */
  readonly nats?: string
  /** A program that ends with 0; it gets the instance's own environment. */
  readonly command?: readonly string[]
  /** 500 ms by default. */
  readonly interval?: Duration
  /** 1 s by default. */
  readonly timeout?: Duration
  /** Good answers in a row that make it up; 2 by default. */
  readonly rise?: number
  /** Bad answers in a row that make it down; 2 by default. */
  readonly fall?: number
}

export interface ServiceOptions {
  /** Program and arguments. `{port}`, `{nats}` and `{instance}` in them are the instance's own; so are `PORT`, `NATS_URL` and `SQUALL_INSTANCE` in its environment. */
  readonly command?: readonly string[]
  /** Instead of a command: a TypeScript or JavaScript file, relative to the script. */
  readonly entry?: string
  /** 2 by default. */
  readonly instances?: number
  readonly env?: Readonly<Record<string, string>>
  /** Is it alive and well? `{ tcp: true }` by default. */
  readonly health?: CheckOptions
  /** Does it want work? What the balancer asks; the same as `health` by default. */
  readonly ready?: CheckOptions
  /** `'SIGTERM'` by default. */
  readonly stopSignal?: 'SIGTERM' | 'SIGINT' | 'SIGQUIT' | 'SIGHUP' | 'SIGUSR1' | 'SIGUSR2'
  /** From the stop signal to SIGKILL; 10 s by default. */
  readonly stopDeadline?: Duration
  /** From its start until it must be healthy and ready; 15 s by default. */
  readonly startDeadline?: Duration
  /** What becomes of an instance that ends by itself; `'always'` by default. */
  readonly restart?: 'always' | 'never'
  /** The nodes that each instance has a link to; all by default. */
  readonly links?: readonly string[]
  /** Where its work shows: a stream of JSON messages with the id of the request that each is the effect of in `field` (`'id'` by default). */
  readonly effects?: { readonly stream: string; readonly field?: string }
  /** What it stores in NATS: looked at before and after each restart; what is gone then, or went back, fails the run. */
  readonly state?: StateOptions
  /** `'haproxy'` by default; `'none'` leaves the sharing to NATS queue groups; `{ url }` is one of your own. */
  readonly loadBalancer?: 'haproxy' | 'none' | { readonly url: string }
}

export interface StateOptions {
  /** Buckets whose keys stay. `rising` is a field of each entry's JSON that never falls; `''` says that the entry is that number. */
  readonly kv?: readonly (string | { readonly bucket: string; readonly rising?: string })[]
  /** Streams whose last sequence never falls. */
  readonly streams?: readonly string[]
}

/** A program of your own in several instances, started before the load, behind a load balancer. */
export function service(name: string, options: ServiceOptions) {
  return build('service', { kind: 'service', name }, options)
}
export type ServiceInput = ReturnType<typeof service>
