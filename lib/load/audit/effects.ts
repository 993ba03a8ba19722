import type { RequestLedger } from '../http/request-ledger.ts'
import { Bitmap, countBits, forEachBit } from '../ledger/bitmap.ts'
import type { EffectsLedger } from '../ledger/result.ts'

/** Where the effects of a service are: a stream, and the field of each message that has the id of its request. */
export interface EffectsPlace {
  readonly service: string
  readonly stream: string
  readonly field: string
}

const mostExamples = 10

/** What a service did, as its effects are read one by one, against the requests that it accepted: each must be there, and once. */
export class Effects {
  readonly #place: EffectsPlace
  readonly #requests: RequestLedger
  readonly #present = new Bitmap()
  readonly #twice = new Bitmap()
  /** Effects of this run so far. */
  seen = 0

  constructor(place: EffectsPlace, requests: RequestLedger) {
    this.#place = place
    this.#requests = requests
  }

  /** Takes one message of the stream; one that names no request of this run is somebody else's. */
  take(data: Uint8Array): void {
    const number = this.#requests.numberOf(fieldOf(data, this.#place.field))
    if (number === undefined) return
    this.seen += 1
    if (!this.#present.add(number)) this.#twice.add(number)
  }

  /** Accepted requests without an effect so far. */
  get missing(): number {
    return countBits(this.#words, this.#isMissing)
  }

  /** `settled` says whether all was read, and waited for. */
  result(settled: boolean): EffectsLedger {
    const { service, stream } = this.#place
    const { accepted, notDone } = this.#requests.of(service)
    const unexpected = (word: number) => notDone.word(word) & this.#present.word(word)
    return {
      service,
      stream,
      accepted: accepted.size,
      seen: this.seen,
      missing: this.missing,
      doubled: this.#twice.size,
      unexpected: countBits(this.#words, unexpected),
      missingExamples: this.#examples(this.#isMissing),
      doubledExamples: this.#examples((word) => this.#twice.word(word)),
      unexpectedExamples: this.#examples(unexpected),
      settled,
    }
  }

  readonly #isMissing = (word: number): number =>
    this.#requests.of(this.#place.service).accepted.word(word) & ~this.#present.word(word)

  get #words(): number {
    const { accepted, notDone } = this.#requests.of(this.#place.service)
    return Math.max(accepted.words, notDone.words, this.#present.words)
  }

  #examples(combine: (word: number) => number): string[] {
    const ids: string[] = []
    forEachBit(this.#words, combine, (number) => ids.length < mostExamples && ids.push(this.#requests.idOf(number)))
    return ids
  }
}

function fieldOf(data: Uint8Array, field: string): unknown {
  try {
    const value: unknown = JSON.parse(Buffer.from(data).toString())
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[field] : undefined
  } catch {
    return undefined
  }
}
