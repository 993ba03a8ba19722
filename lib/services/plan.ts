import type { LinkPlan, Signal } from '../topology/index.ts'

/** How to tell whether an instance is well, as plain data; times in milliseconds. */
export interface CheckPlan {
  readonly probe: ProbePlan
  readonly intervalMs: number
  /** An answer that takes longer is none. */
  readonly timeoutMs: number
  /** Good answers in a row that make it up, and bad ones that make it down. */
  readonly rise: number
  readonly fall: number
}

export type ProbePlan =
  /** GET, and any status from 200 to 399. */
  | { readonly kind: 'http'; readonly path: string }
  /** Somebody accepts connections on its port. */
  | { readonly kind: 'tcp' }
  /** A request on this subject is answered. `{instance}` in it is the instance's name. */
  | { readonly kind: 'nats'; readonly subject: string }
  /** A program that ends with 0; it gets the instance's own environment. */
  | { readonly kind: 'command'; readonly command: readonly string[] }

export type BalancerPlan =
  | { readonly kind: 'haproxy' | 'none' }
  /** Somebody else's, at this URL. */
  | { readonly kind: 'url'; readonly url: string }

/** A user's own program in several instances, as plain data. */
export interface ServicePlan {
  readonly name: string
  /** Program and arguments; exactly one of this and `entry`. */
  readonly command?: readonly string[]
  /** Absolute folder that programs named by a path are in: the script's. */
  readonly folder?: string
  /** Absolute path of a TypeScript or JavaScript file, bundled as scripts are. */
  readonly entry?: string
  readonly instances: number
  readonly env: Readonly<Record<string, string>>
  /** Is it alive and well? */
  readonly health: CheckPlan
  /** Does it want work? What the balancer asks; the same as `health` unless it says otherwise. */
  readonly ready: CheckPlan
  readonly stopSignal: Signal
  /** From the stop signal to SIGKILL. */
  readonly stopDeadlineMs: number
  /** From its start until it must be healthy and ready. */
  readonly startDeadlineMs: number
  /** What becomes of one that ends by itself. */
  readonly restart: 'always' | 'never'
  /** Names of the nodes that each instance has a link to; all when it is not there. */
  readonly links?: readonly string[]
  /** The stream in which its effects are, and where in each the id of its request is. */
  readonly effects?: { readonly stream: string; readonly field: string }
  /** What it stores, to be compared before and after each restart. */
  readonly state?: StatePlan
  readonly loadBalancer: BalancerPlan
}

/** State of a service that must survive the restarts of its instances. */
export interface StatePlan {
  readonly kv: readonly BucketPlan[]
  /** Names of streams. */
  readonly streams: readonly string[]
}

export interface BucketPlan {
  readonly bucket: string
  /** A field of each entry's JSON whose number never falls; empty where the entry is the number. */
  readonly rising?: string
}

/** `router-1`, `router-2`, … */
export function instanceNames({ name, instances }: Pick<ServicePlan, 'name' | 'instances'>): string[] {
  return Array.from({ length: instances }, (_, index) => `${name}-${index + 1}`)
}

/** The links between instances and servers: each instance's own, so that one can be cut off or slowed. */
export function serviceLinks(services: readonly ServicePlan[], nodes: readonly string[]): LinkPlan[] {
  return services.flatMap((service) =>
    instanceNames(service).flatMap((instance) =>
      (service.links ?? nodes).map((node) => ({
        name: `${instance}-${node}`,
        node,
        groups: ['services', service.name, instance],
      })),
    ),
  )
}

/** A check in words: `GET /health`. */
export function describeProbe(probe: ProbePlan): string {
  switch (probe.kind) {
    case 'http':
      return `GET ${probe.path}`
    case 'tcp':
      return 'a TCP connection'
    case 'nats':
      return `a request on ${probe.subject}`
    case 'command':
      return `the command ${probe.command.join(' ')}`
  }
}
