import { messageOf } from '../errors.ts'
import { now } from '../measure/index.ts'
import type { Report } from '../report/index.ts'
import type { OtlpSender } from './sender.ts'

const everyMs = 10_000
/** Looking takes at most one part in so many of the time: the faults' timeline runs in the same thread. */
const share = 40

/** Sends what a run looks like while it goes on, and its report at the end. A receiver that fails does not fail the run. */
export class OtlpFeed {
  readonly #sender: OtlpSender
  readonly #complain: (text: string) => void
  #timer: NodeJS.Timeout | undefined
  #sending: Promise<void> = Promise.resolve()
  #ended = false

  /** @param complain Is told once that the receiver failed while the run went on. */
  constructor(sender: OtlpSender, complain: (text: string) => void) {
    this.#sender = sender
    let complained = false
    this.#complain = (text) => {
      if (!complained) complain(text)
      complained = true
    }
  }

  get url(): string {
    return this.#sender.url
  }

  follow(look: () => Promise<Report>): void {
    const send = async () => {
      const since = now()
      const report = await look()
      const took = now() - since
      if (!this.#ended) await this.#sender.send(report, Date.now())
      return took
    }
    const again = async () => {
      const took = await send().catch((error) => {
        this.#complain(messageOf(error))
        return 0
      })
      if (!this.#ended) this.#timer = setTimeout(next, Math.max(everyMs, took * share))
    }
    const next = () => {
      this.#sending = again()
    }
    this.#timer = setTimeout(next, everyMs)
  }

  /** Sends the finished report, where there is one. Never rejects; says why it was not taken. */
  async end(report: Report | undefined): Promise<string | undefined> {
    this.#ended = true
    clearTimeout(this.#timer)
    await this.#sending
    try {
      if (report) await this.#sender.send(report, Date.now())
      return undefined
    } catch (error) {
      return messageOf(error)
    } finally {
      await this.#sender.close()
    }
  }
}
