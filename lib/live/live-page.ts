import { now } from '../measure/index.ts'
import { type Report, renderOpenMetrics, renderPage, renderParts } from '../report/index.ts'
import { lookSeldom } from './look-seldom.ts'
import { LiveServer } from './server.ts'

const everyMs = 2_000
/** Looking takes at most one part in so many of the time: the faults' timeline runs in the same thread. */
const share = 40

/** The report's page, and its metrics for Prometheus, while the run goes on. */
export class LivePage {
  readonly #server: LiveServer
  #timer: NodeJS.Timeout | undefined
  #ended = false

  private constructor(server: LiveServer) {
    this.#server = server
  }

  /** @param port 0 for one that is free. @throws UserError when it is taken. */
  static async start(port: number): Promise<LivePage> {
    return new LivePage(await LiveServer.start(port))
  }

  get url(): string {
    return this.#server.url
  }

  /** Shows what `look` sees, from now on until {@link end}. Whoever opens the page sees it at once. */
  follow(look: () => Promise<Report>): void {
    this.#server.page = async () => renderPage(await look(), { live: true })
    const seldom = lookSeldom(look, { everyMs: everyMs / 2, share })
    this.#server.metrics = async () => renderOpenMetrics(await seldom(), { live: true })
    const tell = async () => {
      if (this.#server.readers === 0) return
      const report = await look()
      if (!this.#ended) this.#server.tell({ ...renderParts(report, { live: true }), final: false })
    }
    const again = async () => {
      const since = now()
      // A page that can not be made is no reason to end a run; whoever opens it is told.
      await tell().catch(() => {})
      if (!this.#ended) this.#timer = setTimeout(again, Math.max(everyMs, (now() - since) * share))
    }
    void again()
  }

  /** Shows the finished report, where there is one, and lets go of the port; pages that are open stay. Never rejects. */
  async end(report: Report | undefined): Promise<void> {
    this.#ended = true
    clearTimeout(this.#timer)
    await this.#server.end(report ? { ...renderParts(report), final: true } : undefined)
  }
}
