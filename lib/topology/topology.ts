import type { Link, RoutePair } from './shapes/link.ts'

/** Who connects: each role reaches the servers through links of its own, so a fault can take one and not the other. */
export type ClientRole = 'publishers' | 'consumers'

export type ClientUrls = Readonly<Record<ClientRole, readonly string[]>>

/** A server process of a running topology, as faults and observers deal with it. */
export interface ServerNode {
  readonly name: string
  /** Base URL of its monitoring endpoints, past all proxies. */
  readonly monitor: string
  /** Of its latest process. */
  readonly pid: number | undefined
  /** `running` from when it is ready; until then, and once it has ended by whatever cause, it is `down`. */
  readonly state: 'running' | 'paused' | 'down'
  /** SIGKILL; resolves when it is gone. The page cache survives: this is not a power loss. */
  kill(): Promise<void>
  /** SIGTERM, five seconds, SIGKILL. */
  stop(): Promise<void>
  /**
   * SIGSTOP: its connections stay, nothing answers. Resolves when it has stopped.
   * @throws Error when it is down.
   */
  pause(): Promise<void>
  resume(): void
  /** SIGUSR2: hands its leaderships over, sends its clients away, and ends. Resolves when it is gone. */
  lameDuck(): Promise<void>
  /**
   * Starts it again on the same ports; resolves when JetStream answers. `wipe` empties its store before.
   * @throws UserError when it ends, is ended, or is not ready within 15 s.
   */
  start(options?: { readonly wipe?: boolean }): Promise<void>
}

/** A started topology. */
export interface Topology {
  readonly nodes: readonly ServerNode[]
  readonly links: readonly Link[]
  /** NATS URLs of the proxies in front of the servers, by who connects; of the first region where there are some. */
  readonly clientUrls: ClientUrls
  /** The same of each region alone; empty where there is none. */
  readonly regionUrls: Readonly<Record<string, ClientUrls>>
  /** What the report says of each server, as known now; callable after {@link stop} too. */
  servers(): ServerRecord[]
  /**
   * Routes that go around their proxies, each as a sentence; empty when every cut would be a cut. Asks the running nodes.
   * @throws Error when one of them does not answer, because then nothing is proved.
   */
  bypasses(): Promise<string[]>
  /**
   * Pairs of nodes that both list the route between them, as the link that carries it: dialled by `from`. A node that
   * does not answer within half a second has none, unless all must answer: then they have more time for it.
   * @throws Error when one that must answer does not.
   */
  routesUp(mustAnswer?: boolean): Promise<RoutePair[]>
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
