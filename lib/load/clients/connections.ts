import { setTimeout as sleep } from 'node:timers/promises'
import { now } from '../../measure/index.ts'
import type { ClientRole, ClientUrls } from '../../topology/index.ts'
import type { ClientEvent, GeneratorConfig } from '../protocol.ts'
import { within } from '../within.ts'
import { Client } from './client.ts'

/** Makes the generator's connections: by role, and to the servers of a region. */
export class Connections {
  readonly #config: GeneratorConfig
  readonly #report: (event: ClientEvent) => void

  constructor(config: GeneratorConfig, report: (event: ClientEvent) => void) {
    this.#config = config
    this.#report = report
  }

  /**
   * To the servers of `region`; of a topology without regions, to any. Where none of them answers, to those of the regions
   * of `failover`, one after the other; it stays where it got until that goes too.
   */
  open(name: string, role: ClientRole, region: string | undefined, failover: readonly string[] = []): Promise<Client> {
    const { topology } = this.#config.plan
    const auth = topology.kind === 'external' ? topology.auth : undefined
    const own = this.#urls(region)[role]
    if (failover.length === 0) return Client.connect(name, own, this.#report, { auth })
    const others = failover.flatMap((other) => this.#urls(other)[role])
    return Client.connect(name, [...own, ...others], this.#report, { auth, home: region })
  }

  /** One that reads what the load's clients did, tried for until `deadline` (monotonic ms); undefined when none could be had. */
  async openAuditor(region: string | undefined, deadline: number): Promise<Client | undefined> {
    while (now() < deadline) {
      const opening = this.open('auditor', 'consumers', region)
      if (await within(deadline, opening)) return opening
      // Servers that accept and say nothing take seconds each, and may go on while nobody waits any more.
      void opening.then(
        (auditor) => auditor.close(),
        () => {},
      )
      await sleep(Math.min(250, Math.max(0, deadline - now())))
    }
    return undefined
  }

  #urls(region: string | undefined): ClientUrls {
    const { urls, regions } = this.#config
    return (region === undefined ? undefined : regions[region]) ?? urls
  }
}
