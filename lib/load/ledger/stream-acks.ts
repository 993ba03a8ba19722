import { Bitmap } from './bitmap.ts'
import { AckSequences, type LowBits } from './low-bits.ts'

/** What an ack says of where a message is stored. */
export interface StoredAs {
  readonly stream: string
  readonly seq: number
  /** The stream knew the message's id: at `seq` stands the message that it was first used for. */
  readonly duplicate: boolean
}

/** What the acks of one stream said, late ones too. */
export class StreamAcks {
  /** Messages stored as themselves. */
  readonly acked = new Bitmap()
  /** Messages for which another one stands, with the same id. */
  readonly deduplicated = new Bitmap()
  /** Stream sequences at which those others stand. */
  readonly standIns = new Bitmap()
  /** Stream sequences that acks of more than one message named. */
  readonly contested = new Bitmap()
  readonly sequences: AckSequences
  late = 0
  readonly #claimed = new Bitmap()

  constructor(low: LowBits) {
    this.sequences = new AckSequences(low)
  }

  get bytes(): number {
    const { acked, deduplicated, standIns, contested, sequences } = this
    return [acked, deduplicated, standIns, contested, sequences, this.#claimed].reduce(
      (sum, { bytes }) => sum + bytes,
      0,
    )
  }

  /** Has an ack named the message before? */
  knows(sequence: number): boolean {
    return this.acked.has(sequence) || this.deduplicated.has(sequence)
  }

  /** A message that is acked more than once, after retries, is held to the place that its first ack named. */
  add(sequence: number, { seq, duplicate }: StoredAs): void {
    if (duplicate) {
      this.sequences.set(sequence, seq)
      this.deduplicated.add(sequence)
      this.standIns.add(seq)
    } else if (this.acked.add(sequence)) {
      this.sequences.set(sequence, seq)
      if (!this.#claimed.add(seq)) this.contested.add(seq)
    } else if (this.sequences.get(sequence) !== seq && !this.#claimed.add(seq)) this.contested.add(seq)
  }
}
