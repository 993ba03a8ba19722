import { type ConnectionOptions, connect, type JetStreamManager } from 'nats'
import { messageOf, UserError } from '../errors.ts'
import { authOptions, type ConsumerPlan, consumerConfig, type StreamPlan, streamConfig } from '../load/index.ts'
import type { ExternalPlan } from '../topology/index.ts'

interface Asset {
  /** `stream ORDERS`. */
  readonly what: string
  readonly config: object
  find(manager: JetStreamManager): Promise<object>
  add(manager: JetStreamManager): Promise<unknown>
  remove(manager: JetStreamManager): Promise<unknown>
}

/** Streams and consumers of a script in a cluster that is somebody's: nothing that was there is changed or removed. */
export class ExternalAssets {
  readonly #plan: ExternalPlan
  readonly #urls: readonly string[]
  readonly #created: Asset[] = []

  constructor(plan: ExternalPlan, urls: readonly string[]) {
    this.#plan = plan
    this.#urls = urls
  }

  /**
   * Creates what is not there, once all that is there is known to be as the script says.
   * @throws UserError when something is there that may not be used, and then nothing is created.
   */
  async create(streams: readonly StreamPlan[], consumers: readonly ConsumerPlan[]): Promise<void> {
    const assets = [...streams.map(streamAsset), ...consumers.flatMap(consumerAsset)]
    await this.#connected(async (manager) => {
      const missing: Asset[] = []
      for (const asset of assets) if (await this.#isMissing(asset, manager)) missing.push(asset)
      for (const asset of missing) {
        await asset.add(manager).catch((error: unknown) => {
          throw new UserError(`${asset.what} could not be created: ${messageOf(error)}`, { cause: error })
        })
        this.#created.push(asset)
      }
    })
  }

  /** Removes what was created, consumers first, unless it is to be kept. Never rejects; says what could not be removed. */
  async remove(): Promise<string | undefined> {
    if (this.#plan.keep || this.#created.length === 0) return undefined
    const left: string[] = []
    const removal = this.#connected(async (manager) => {
      for (const asset of this.#created.toReversed()) {
        await asset.remove(manager).catch((error: unknown) => left.push(`${asset.what} (${messageOf(error)})`))
      }
    })
    await removal.catch((error: unknown) => left.push(...this.#created.map(({ what }) => what), messageOf(error)))
    return left.length > 0 ? `left in the cluster, because it could not be removed: ${left.join(', ')}` : undefined
  }

  async #isMissing({ what, config, find }: Asset, manager: JetStreamManager): Promise<boolean> {
    let there: object
    try {
      there = await find(manager)
    } catch (error) {
      if (/not found/i.test(messageOf(error))) return true
      throw new UserError(`${what} could not be looked for: ${messageOf(error)}`, { cause: error })
    }
    const difference = differenceOf(config, there)
    if (difference)
      throw new UserError(`${what} is in the cluster already, and is not as the script says: ${difference}`)
    if (this.#plan.existing === 'reuse') return false
    throw new UserError(`${what} is in the cluster already`, {
      hint: "To use it, with the messages that it has, say existing: 'reuse' in external(); or choose another name.",
    })
  }

  async #connected(use: (manager: JetStreamManager) => Promise<void>): Promise<void> {
    const options: ConnectionOptions = {
      ...authOptions(this.#plan.auth),
      servers: [...this.#urls],
      name: 'squall runner',
      timeout: 5_000,
      ignoreClusterUpdates: true,
    }
    const nats = await connect(options).catch((error: unknown) => {
      const { credentials } = this.#plan.auth ?? {}
      const as = credentials === undefined ? '' : ` with the credentials in ${credentials}`
      throw new UserError(`the servers of external() let no client in${as}: ${messageOf(error)}`, { cause: error })
    })
    try {
      // Unchecked: what can not be done is told by each call, and of which asset.
      await use(await nats.jetstreamManager({ checkAPI: false }))
    } finally {
      await nats.close()
    }
  }
}

function streamAsset(plan: StreamPlan): Asset {
  const config = streamConfig(plan)
  return {
    what: `stream ${plan.name}`,
    config,
    find: async (manager) => (await manager.streams.info(plan.name)).config,
    add: (manager) => manager.streams.add(config),
    remove: (manager) => manager.streams.delete(plan.name),
  }
}

function consumerAsset(plan: ConsumerPlan): Asset[] {
  if (plan.kind !== 'pull') return []
  const config = consumerConfig(plan)
  return [
    {
      what: `consumer ${plan.name}`,
      config,
      find: async (manager) => (await manager.consumers.info(plan.stream, plan.name)).config,
      add: (manager) => manager.consumers.add(plan.stream, config),
      remove: (manager) => manager.consumers.delete(plan.stream, plan.name),
    },
  ]
}

/** The first setting that the script makes and that is another there. */
function differenceOf(wanted: object, there: object): string | undefined {
  const found: Record<string, unknown> = { ...there }
  for (const [key, value] of Object.entries(wanted)) {
    if (JSON.stringify(found[key]) === JSON.stringify(value)) continue
    return `${key} is ${JSON.stringify(found[key])} there and ${JSON.stringify(value)} in the script`
  }
  return undefined
}
