import { Bitmap } from '../ledger/bitmap.ts'

/** What is known of a request that was to change something. `refused`: answered, and not done. */
export type RequestFate = 'accepted' | 'refused' | 'failed' | 'indeterminate'

/** The requests of one service: a bit for each that was accepted, and one for each that was certainly not done. */
export interface ServiceRequests {
  readonly accepted: Bitmap
  readonly notDone: Bitmap
}

/** Numbers the requests to services and keeps what became of each. Their ids are unique in the run and lead back to the number. */
export class RequestLedger {
  readonly #prefix: string
  readonly #services = new Map<string, ServiceRequests>()
  #count = 0

  constructor(runId: number) {
    this.#prefix = `${runId.toString(36)}-`
  }

  next(): number {
    this.#count += 1
    return this.#count - 1
  }

  idOf(number: number): string {
    return `${this.#prefix}${number}`
  }

  /** Undefined for an id that is none of this run's. */
  numberOf(id: unknown): number | undefined {
    if (typeof id !== 'string' || !id.startsWith(this.#prefix)) return undefined
    const digits = id.slice(this.#prefix.length)
    return /^\d+$/.test(digits) && Number(digits) < this.#count ? Number(digits) : undefined
  }

  settle(service: string, number: number, fate: RequestFate): void {
    const requests = this.of(service)
    if (fate === 'accepted') requests.accepted.add(number)
    else if (fate !== 'indeterminate') requests.notDone.add(number)
  }

  of(service: string): ServiceRequests {
    let requests = this.#services.get(service)
    if (!requests) {
      requests = { accepted: new Bitmap(), notDone: new Bitmap() }
      this.#services.set(service, requests)
    }
    return requests
  }
}
