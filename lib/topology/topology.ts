import type { Link, LinkPlan } from './link.ts'
import type { SinglePlan } from './single.ts'

/** What is deployed, as plain data. */
export type TopologyPlan = SinglePlan

/** What a topology will start, known before anything is: for `inspect` and for checking fault targets. */
export interface TopologyShape {
  readonly nodes: readonly string[]
  readonly links: readonly LinkPlan[]
}

/** Who connects: each role reaches the servers through links of its own, so a fault can take one and not the other. */
export type ClientRole = 'publishers' | 'consumers'

/** A started topology. */
export interface Topology {
  readonly links: readonly Link[]
  /** NATS URLs of the proxies in front of the servers, by who connects. */
  readonly clientUrls: Readonly<Record<ClientRole, readonly string[]>>
  /** What the report says of each server, as known now; callable after {@link stop} too. */
  servers(): ServerRecord[]
  /** Resolves with the server's record as soon as one dies that nobody stopped. */
  readonly died: Promise<ServerRecord>
  /**
   * Stops every process, and takes its proxies out of a shared Toxiproxy. Folders are the reaper's. Never rejects; safe to
   * call twice.
   */
  stop(): Promise<void>
}

/** What the report says of a server. */
export interface ServerRecord {
  readonly name: string
  readonly version: string
  readonly binary: string
  readonly sha256: string
  /** Effective JetStream fsync policy, or `unknown` where the server has no such option (before 2.10). */
  readonly syncInterval: string
  readonly listen: string
  /** Present once it has ended. */
  readonly exit?: { readonly code: number | null; readonly signal: string | null }
  /** The last lines of its log. */
  readonly logTail: readonly string[]
}
