import { least, now, type SampleRegistry } from '../measure/index.ts'
import type { Client } from './clients/client.ts'
import type { Runner } from './executors/runner.ts'
import type { HealthMonitor } from './health.ts'
import type { HttpClient } from './http/http.ts'
import type { FromGenerator, Snapshot } from './protocol.ts'
import type { Publishers } from './publish/publishers.ts'

/** Who measures. */
export interface SnapshotParts {
  readonly registry: SampleRegistry
  readonly health: HealthMonitor
  readonly runner: Runner
  readonly publishers: Publishers
  readonly http: HttpClient
  /** All that may lose their connection. */
  readonly clients: () => readonly Client[]
}

/** What was measured, a stretch at a time: each begins where the one before ended. */
export class Snapshots {
  readonly #parts: SnapshotParts
  #from: number

  /** The first one begins at `from`, monotonic milliseconds. */
  constructor(from: number, parts: SnapshotParts) {
    this.#from = from
    this.#parts = parts
  }

  /** The stretch until now, as a message, and what of it may be handed over and not copied. */
  take(): { readonly message: FromGenerator; readonly transfer: ArrayBuffer[] } {
    const { registry, health, runner, publishers, http, clients } = this.#parts
    const to = now()
    const samples = registry.drain()
    const acks = publishers.takeAcks()
    const snapshot: Snapshot = {
      from: this.#from,
      to,
      iterations: runner.take(),
      inFlight: runner.inFlight,
      connected: clients().every(({ connected }) => connected),
      acks: { ...acks, missed: least(acks.missed, http.takeMissed()) },
      ...samples,
      health: health.take(),
    }
    this.#from = to
    const transfer = samples.trends.map(({ pairs }) => pairs.buffer as ArrayBuffer)
    return { message: { type: 'snapshot', snapshot }, transfer }
  }
}
