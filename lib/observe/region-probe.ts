import { setTimeout as sleep } from 'node:timers/promises'
import { connect, type NatsConnection } from 'nats'
import { now } from '../measure/index.ts'
import { pairsOf } from '../topology/index.ts'
import { Directions } from './probe-directions.ts'
import type { Probed } from './region-looks.ts'

export interface RegionProbeOptions {
  /** Unique: several runs may share servers. */
  readonly id: string
  /** By region, the real addresses of its servers: past all proxies, so that a cut client link is no cut region. */
  readonly servers: Readonly<Record<string, readonly string[]>>
}

const everyMs = 250
const connectMs = 2_000
const pollMs = 50

/**
 * Sends a small core message from every region to every other one four times a second, and has it answered: what arrives
 * proves that regions are connected, and the answer tells how long a round trip takes. One connection a region.
 */
export class RegionProbe {
  readonly #options: RegionProbeOptions
  readonly #regions: readonly string[]
  readonly #directions: Directions
  readonly #roundTrips = new Map<string, number[]>()
  readonly #clients = new Map<string, NatsConnection>()
  readonly #stopping = new AbortController()
  #timer: NodeJS.Timeout | undefined
  #running: Promise<unknown> | undefined

  constructor(options: RegionProbeOptions) {
    this.#options = options
    this.#regions = Object.keys(options.servers)
    this.#directions = new Directions(this.#regions)
  }

  /** Begins; once. Servers that are not there are waited for. */
  start(): void {
    this.#running ??= Promise.all(this.#regions.map((region) => this.#join(region)))
    this.#timer ??= setInterval(() => this.#send(), everyMs)
  }

  /** Resolves when messages have crossed between every two regions and back; at the latest after so long. */
  async untilHeard(timeoutMs: number): Promise<void> {
    const { signal } = this.#stopping
    const deadline = now() + timeoutMs
    while (!this.#directions.areHeard && now() < deadline && !signal.aborted) {
      await sleep(pollMs, undefined, { signal }).catch(() => {})
    }
  }

  /** Of two regions, since it was asked last. */
  take([one, other]: readonly [string, string]): Probed {
    const key = `${one} ${other}`
    const roundTrips = this.#roundTrips.get(key) ?? []
    this.#roundTrips.delete(key)
    const at = now()
    return {
      crossings: [this.#directions.take(one, other, at), this.#directions.take(other, one, at)],
      roundTrips,
      servers: [one, other].map((region) => this.#clients.get(region)?.info?.server_name),
    }
  }

  /** Ends at once. Never rejects; safe to call twice. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    this.#stopping.abort()
    await Promise.all([...this.#clients.values()].map((nats) => nats.close().catch(() => {})))
    await this.#running
  }

  async #join(region: string): Promise<void> {
    const { signal } = this.#stopping
    const servers = [...this.#options.servers[region]!]
    while (!signal.aborted) {
      const nats = await connect({
        servers,
        name: `squall probe ${region}`,
        timeout: connectMs,
        maxReconnectAttempts: -1,
        reconnectTimeWait: 100,
        pingInterval: connectMs,
        maxPingOut: 2,
        ignoreClusterUpdates: true,
        noEcho: true,
      }).catch(() => undefined)
      if (nats && signal.aborted) await nats.close()
      else if (nats) return this.#use(region, nats)
      else await sleep(everyMs, undefined, { signal }).catch(() => {})
    }
  }

  #use(region: string, nats: NatsConnection): void {
    const { id } = this.#options
    this.#clients.set(region, nats)
    // `_SQUALL.<run>.ask.<from>`, answered at `_SQUALL.<run>.answer.<from>.<by>`; the payload is when it was asked.
    nats.subscribe(`_SQUALL.${id}.ask.*`, {
      callback: (_, { subject, data }) => {
        const from = subject.slice(subject.lastIndexOf('.') + 1)
        this.#directions.heard(from, region, now())
        nats.publish(`_SQUALL.${id}.answer.${from}.${region}`, data)
      },
    })
    nats.subscribe(`_SQUALL.${id}.answer.${region}.*`, {
      callback: (_, message) => {
        const by = message.subject.slice(message.subject.lastIndexOf('.') + 1)
        this.#answered(region, by, now() - Number(message.string()))
      },
    })
    this.#directions.joined(region, now())
    void this.#follow(region, nats)
  }

  /** Until the connection is closed, of which nothing is told here. */
  async #follow(region: string, nats: NatsConnection): Promise<void> {
    for await (const { type } of nats.status()) {
      if (type === 'disconnect') this.#directions.left(region)
      if (type === 'reconnect') this.#directions.joined(region, now())
    }
  }

  #answered(asker: string, by: string, ms: number): void {
    this.#directions.heard(by, asker, now())
    const pair = pairsOf(this.#regions).find((pair) => pair.includes(asker) && pair.includes(by))
    if (!pair) return
    const key = pair.join(' ')
    const known = this.#roundTrips.get(key)
    if (known) known.push(ms)
    else this.#roundTrips.set(key, [ms])
  }

  #send(): void {
    for (const [region, nats] of this.#clients) {
      if (!this.#directions.isThere(region)) continue
      nats.publish(`_SQUALL.${this.#options.id}.ask.${region}`, String(now()))
      this.#directions.sent(region)
    }
  }
}
