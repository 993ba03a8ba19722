import type { Tags } from '../../measure/index.ts'
import type { StreamPlan } from '../assets/assets.ts'
import type { Hop } from '../assets/hops.ts'
import { subjectMatches } from '../assets/subject.ts'
import { Bitmap, forEachBit } from '../ledger/bitmap.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { PathExample, PathFinding, PathLedger } from '../ledger/result.ts'
import { pathVerdict } from './path-verdict.ts'
import type { Reading } from './stored-message.ts'

/** A message as it stands in an origin or in a copy of it. */
export interface HopMessage {
  /** Its stream sequence in the origin. */
  readonly originSequence: number
  /** Its number in the ledger; undefined when it is not of this run. */
  readonly sequence: number | undefined
}

/** What a copy had at its end and has no more: how many, for all of its origins together. */
export interface CutOff {
  left: number
}

export interface PathAuditParts {
  /** The origin's. */
  readonly plan: StreamPlan
  /** The origin's last sequence before the load: what stands up to it is not judged. */
  readonly after: number
  /** Of the load, monotonic ms. */
  readonly start: number
}

const mostExamples = 10

/**
 * Follows messages over one hop: first hears what the copy holds, then what its origin does, each in the order of its
 * stream. So it knows of each message of the origin, when that comes, whether the copy has passed it. Two bits a message.
 */
export class PathAudit {
  readonly hop: Hop
  /** Messages of this run that came this way. */
  readonly read = new Bitmap()
  readonly #plan: StreamPlan
  readonly #ledger: Ledger
  readonly #after: number
  readonly #start: number
  readonly #takes: (subject: string) => boolean
  /** Origin sequences that the copy holds. */
  readonly #places = new Bitmap()
  readonly #originRead = new Bitmap()
  readonly #counts: Record<PathFinding, number> = {
    lost: 0,
    queued: 0,
    duplicate: 0,
    outOfOrder: 0,
    unexpected: 0,
    outlived: 0,
  }
  readonly #examples: Partial<Record<PathFinding, PathExample[]>> = {}
  readonly #lostByWindow = new Map<Tags | undefined, { readonly tags: Tags; lost: number }>()
  #offered = 0
  #highest = 0
  #cutOff: CutOff = { left: 0 }
  #copy: Reading = { outcome: 'unfinished', reached: 0, state: undefined, at: 0 }
  #origin: Reading = { outcome: 'unfinished', reached: 0, state: undefined, at: 0 }

  constructor(hop: Hop, ledger: Ledger, { plan, after, start }: PathAuditParts) {
    this.hop = hop
    this.#plan = plan
    this.#ledger = ledger
    this.#after = after
    this.#start = start
    const { filter } = hop.origin
    this.#takes = filter === undefined ? () => true : (subject) => subjectMatches(filter, subject)
  }

  get bytes(): number {
    return this.read.bytes + this.#places.bytes + this.#originRead.bytes
  }

  /** Are messages queued for the copy, or may they be, as one of both was not read to its end? */
  get isBehind(): boolean {
    return this.#counts.queued > 0 || !this.#isRead
  }

  get #isRead(): boolean {
    // One that keeps nothing is not read.
    const isOriginRead = this.#plan.retention !== 'limits' || this.#origin.outcome !== 'unfinished'
    return isOriginRead && this.#copy.outcome !== 'unfinished'
  }

  /** The copy's next message, at `copySequence`. */
  copied({ originSequence, sequence }: HopMessage, copySequence: number): void {
    const isNew = this.#places.add(originSequence)
    if (sequence !== undefined) this.read.add(sequence)
    if (originSequence <= this.#after) return
    if (!isNew) this.#find('duplicate', sequence, { originSequence, copySequence })
    else if (originSequence < this.#highest) this.#find('outOfOrder', sequence, { originSequence, copySequence })
    else this.#highest = originSequence
  }

  /** A message of the copy that came from none of its origins. */
  strayed(sequence: number | undefined, copySequence: number): void {
    this.#find('unexpected', sequence, { copySequence })
  }

  /** The copy has been read so far. `cutOff` is shared by all that the copy copies. */
  closeCopy(reading: Reading, cutOff: CutOff): void {
    this.#copy = reading
    this.#cutOff = cutOff
    if (reading.outcome === 'missing') this.#highest = Number.POSITIVE_INFINITY
    // It keeps its origin's sequences: where it ends is how far it got, whatever was deleted there since.
    else if (this.hop.kind === 'mirror' && reading.outcome === 'finished')
      this.#highest = Math.max(this.#highest, reading.reached)
  }

  /** The origin's next message. All of the copy was heard before. */
  offer({ originSequence, sequence }: HopMessage, subject: string): void {
    if (originSequence <= this.#after) return
    if (sequence !== undefined) this.#originRead.add(sequence)
    const isThere = this.#places.has(originSequence)
    if (!this.#takes(subject)) {
      if (isThere) this.#find('unexpected', sequence, { originSequence })
      return
    }
    if (isThere) {
      this.#offered += 1
      // Something else stands in its place.
      if (sequence !== undefined && !this.read.has(sequence)) this.#lose(sequence, originSequence)
      return
    }
    if (originSequence <= this.#highest) this.#lose(sequence, originSequence)
    else if (this.#copy.outcome === 'unfinished') return
    else if (this.#cutOff.left > 0) {
      this.#cutOff.left -= 1
      this.#lose(sequence, originSequence)
    } else this.#find('queued', sequence, { originSequence })
    this.#offered += 1
  }

  closeOrigin(reading: Reading): void {
    this.#origin = reading
  }

  /** Once, when both have been read. */
  result(): Omit<PathLedger, 'consumers'> {
    if (this.#origin.outcome === 'finished') {
      this.#findUnknownToOrigin()
      this.#findEvicted()
    }
    const { lost, queued } = this.#counts
    return {
      path: this.hop.path,
      copies: this.hop.kind,
      ...pathVerdict(this.#counts, { copy: this.#copy, origin: this.#origin, plan: this.#plan }),
      readToEnd: this.#isRead,
      offered: this.#offered,
      copied: this.#offered - lost - queued,
      ...this.#counts,
      lostByWindow: [...this.#lostByWindow.values()],
      examples: this.#examples,
    }
  }

  /**
   * Messages of the copy that its origin does not hold. Those that it acked, or may have removed from its front, it held
   * once: what became of them there is in its own verdict.
   */
  #findUnknownToOrigin(): void {
    const { read } = this
    const first = this.#origin.state?.firstSequence ?? 1
    const wasCut = first > 1
    forEachBit(
      read.words,
      (word) => read.word(word) & ~this.#originRead.word(word),
      (sequence) => {
        const finding = wasCut || this.#ledger.isAckedBy(this.hop.roots, sequence) ? 'outlived' : 'unexpected'
        this.#find(finding, sequence, {})
      },
    )
  }

  /** Acked messages that a limit of the origin removed from its front before the copy had them. */
  #findEvicted(): void {
    const { name, copies } = this.#plan
    const first = this.#origin.state?.firstSequence ?? 1
    if (copies || this.hop.origin.filter !== undefined || first <= 1) return
    const { acked, sequences } = this.#ledger.acksOf(name)
    forEachBit(
      acked.words,
      (word) => acked.word(word) & ~this.#originRead.word(word) & ~this.read.word(word),
      (sequence) => {
        const originSequence = sequences.get(sequence)
        if (originSequence >= first) return
        this.#offered += 1
        this.#lose(sequence, originSequence)
      },
    )
  }

  #lose(sequence: number | undefined, originSequence: number): void {
    const section = this.#find('lost', sequence, { originSequence })
    let window = this.#lostByWindow.get(section?.tags)
    if (!window) {
      window = { tags: section?.tags ?? {}, lost: 0 }
      this.#lostByWindow.set(section?.tags, window)
    }
    window.lost += 1
  }

  #find(
    finding: PathFinding,
    sequence: number | undefined,
    place: Pick<PathExample, 'originSequence' | 'copySequence'>,
  ) {
    this.#counts[finding] += 1
    this.#examples[finding] ??= []
    const examples = this.#examples[finding]
    const section = sequence === undefined ? undefined : this.#ledger.sections.of(sequence)
    if (examples.length < mostExamples) {
      examples.push({
        ...(sequence !== undefined && this.#ledger.exampleOf(sequence, this.#start)),
        ...place,
      })
    }
    return section
  }
}
