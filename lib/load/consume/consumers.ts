import type { ConsumerMessages, JsMsg, Msg, NatsConnection } from 'nats'
import { messageOf } from '../../errors.ts'
import { now, sample } from '../../measure/index.ts'
import type { ConsumerPlan, PullConsumerPlan, ResponderPlan, SubscriptionPlan } from '../assets/assets.ts'
import type { Client } from '../clients/client.ts'
import type { ConsumerHandler, ResponderHandler, SubscriptionHandler } from '../iteration.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { regionHeaders } from '../publish/answered-by.ts'
import { readStamp, type Stamp } from '../publish/stamp.ts'
import type { Tagger } from '../tagger.ts'
import { within } from '../within.ts'
import { pullAgain } from './pull-again.ts'

export interface ConsumerParts {
  readonly ledger: Ledger
  readonly tagger: Tagger
  readonly runId: number
  /** Makes a connection of its own for a member. */
  readonly connect: (name: string, plan: ConsumerPlan) => Promise<Client>
  /** The JetStream domain of a consumer's stream, if its clients must name it. */
  readonly domainOf: (plan: PullConsumerPlan) => string | undefined
  readonly warn: (text: string) => void
}

/** The running consumers of a generator. */
export class Consumers {
  readonly #parts: ConsumerParts
  readonly #clients: Client[] = []
  readonly #pulls: { readonly plan: PullConsumerPlan; readonly client: Client; readonly messages: ConsumerMessages }[] =
    []
  readonly #taggers = new Map<string, Tagger>()
  // Reused: read and done with before the next message.
  readonly #stamp: Stamp = { runId: 0, publisher: 0, sequence: 0, intended: 0 }

  constructor(parts: ConsumerParts) {
    this.#parts = parts
  }

  get clients(): readonly Client[] {
    return this.#clients
  }

  /** Starts every member of a declared consumer; resolves when the server knows of them. */
  async start(plan: ConsumerPlan, handler: unknown): Promise<void> {
    for (let member = 0; member < plan.members; member += 1) {
      const name = plan.members === 1 ? plan.name : `${plan.name}/${member}`
      const client = await this.#parts.connect(name, plan)
      this.#clients.push(client)
      if (plan.kind === 'pull') await this.#pull(client, plan, handler as ConsumerHandler | undefined)
      else if (plan.kind === 'subscription') this.#subscribe(client, plan, handler as SubscriptionHandler | undefined)
      else this.#respond(client, plan, handler as ResponderHandler | undefined)
      await client.nats.flush()
    }
  }

  /**
   * Waits until every consumer has read all there is for it. A core subscription has, once a PING that it sent after the
   * publisher's was answered; a pull consumer, once JetStream has nothing pending and nothing unacknowledged for it.
   */
  async drain(deadline: number): Promise<{ drained: boolean; pending: Map<string, number> }> {
    const pending = new Map<string, number>()
    let drained = true
    for (const client of this.#clients) drained = (await within(deadline, client.nats.flush())) && drained
    for (const { plan, client } of this.#pulls) {
      const left = await this.#drainPull(client.nats, plan, deadline)
      pending.set(plan.name, left)
      if (left !== 0) drained = false
    }
    // With ack 'none' JetStream counts a message as done when it is sent; a second PING shows that it has arrived.
    for (const client of this.#clients) drained = (await within(deadline, client.nats.flush())) && drained
    return { drained, pending }
  }

  async close(): Promise<void> {
    for (const { messages } of this.#pulls) messages.stop()
    await Promise.all(this.#clients.map((client) => client.close()))
  }

  /** Messages left for the consumer at the deadline; −1 when JetStream could not be asked. */
  async #drainPull(nats: NatsConnection, plan: PullConsumerPlan, deadline: number): Promise<number> {
    let left = Number.POSITIVE_INFINITY
    while (left > 0 && now() < deadline) {
      try {
        const manager = await nats.jetstreamManager({ checkAPI: false, timeout: 1_000, ...this.#domain(plan) })
        const info = await manager.consumers.info(plan.stream, plan.name)
        left = info.num_pending + info.num_ack_pending
      } catch {
        // Not reachable now; the deadline decides for how long that is worth asking again.
      }
      if (left > 0) await new Promise((resolve) => setTimeout(resolve, 50))
    }
    return left === Number.POSITIVE_INFINITY ? -1 : left
  }

  #taggerOf(region: string | undefined): Tagger {
    if (region === undefined) return this.#parts.tagger
    let tagger = this.#taggers.get(region)
    if (!tagger) {
      tagger = this.#parts.tagger.tagged({ region })
      this.#taggers.set(region, tagger)
    }
    return tagger
  }

  #domain(plan: PullConsumerPlan): { domain?: string } {
    const domain = this.#parts.domainOf(plan)
    return domain === undefined ? {} : { domain }
  }

  async #pull(client: Client, plan: PullConsumerPlan, handler: ConsumerHandler | undefined): Promise<void> {
    const consumer = await client.nats.jetstream(this.#domain(plan)).consumers.get(plan.stream, plan.name)
    const messages = await consumer.consume({
      max_messages: plan.batch,
      // Two missed heartbeats and it asks anew. By default that takes half a minute after its server or leader has gone;
      // and unless it is bound, nats.js asks for the consumer's info first, and when that fails waits for `expires`.
      expires: 10_000,
      idle_heartbeat: 500,
      bind: true,
      callback: (message) => {
        this.#deliver(plan, message, message.redelivered)
        this.#handle(plan, message, handler)
      },
    })
    void pullAgain(messages)
    this.#pulls.push({ plan, client, messages })
  }

  #handle(plan: PullConsumerPlan, message: JsMsg, handler: ConsumerHandler | undefined): void {
    const acknowledge = () => {
      if (plan.ack !== 'none') message.ack()
    }
    if (!handler) {
      acknowledge()
      return
    }
    const refuse = (error: unknown) => {
      this.#parts.warn(`consumer ${plan.name}: its handler threw: ${messageOf(error)}`)
      if (plan.ack !== 'none') message.nak()
    }
    try {
      const handled = handler(message)
      if (handled instanceof Promise) handled.then(acknowledge, refuse)
      else acknowledge()
    } catch (error) {
      refuse(error)
    }
  }

  #subscribe(client: Client, plan: SubscriptionPlan, handler: SubscriptionHandler | undefined): void {
    client.nats.subscribe(plan.subject, {
      ...(plan.queue !== undefined && { queue: plan.queue }),
      callback: (error, message) => {
        if (error) return this.#parts.warn(`subscription ${plan.name}: ${error.message}`)
        this.#deliver(plan, message, false)
        try {
          handler?.(message)
        } catch (thrown) {
          this.#parts.warn(`subscription ${plan.name}: its handler threw: ${messageOf(thrown)}`)
        }
      },
    })
  }

  #respond(client: Client, plan: ResponderPlan, handler: ResponderHandler | undefined): void {
    const headers = regionHeaders(plan.region)
    const options = headers && { headers }
    client.nats.subscribe(plan.subject, {
      ...(plan.queue !== undefined && { queue: plan.queue }),
      callback: (error, message) => {
        if (error) return this.#parts.warn(`responder ${plan.name}: ${error.message}`)
        if (!handler) {
          message.respond(message.data, options)
          return
        }
        const failed = (thrown: unknown) =>
          this.#parts.warn(`responder ${plan.name}: its handler threw: ${messageOf(thrown)}`)
        try {
          const reply = handler(message)
          if (reply instanceof Promise) reply.then((data) => message.respond(data, options), failed)
          else message.respond(reply, options)
        } catch (thrown) {
          failed(thrown)
        }
      },
    })
  }

  #deliver(plan: PullConsumerPlan | SubscriptionPlan, message: Msg | JsMsg, redelivered: boolean): void {
    const { ledger, runId } = this.#parts
    const tagger = this.#taggerOf(plan.region)
    const stamp = this.#stamp
    // The stream may hold what others published: counted, but not measured or judged.
    const ours = readStamp(message as Msg, runId, stamp)
    const set = ours ? tagger.samples(tagger.phaseAt(stamp.intended), stamp.intended).set : tagger.current()
    set.counter('consumed').count += 1
    set.counter('data_received').count += message.data.length
    if (!ours) return
    const kind = ledger.deliver(plan.index, stamp.sequence, redelivered, stamp.publisher)
    if (kind === 'first') sample(set.trend('e2e_latency'), now() - stamp.intended)
    else set.counter(kind === 'redelivered' ? 'redelivered' : 'duplicates').count += 1
  }
}
