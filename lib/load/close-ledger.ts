import { judgeByConsumers } from './audit/by-consumers.ts'
import type { CopyAudit } from './audit/copy-audit.ts'
import type { StreamAudit } from './audit/stream-audit.ts'
import type { ConsumerPage } from './ledger/consumer-page.ts'
import type { Ledger } from './ledger/ledger.ts'
import type { LedgerResult, LostExample, PathLedger } from './ledger/result.ts'

/** What is known at the end of the drain. */
export interface Closing {
  /** Start of the load. */
  readonly origin: number
  /** What JetStream still holds for each pull consumer. */
  readonly pending: ReadonlyMap<string, number>
  readonly drained: boolean
  /** Of the streams whose content was read. */
  readonly audits: ReadonlyMap<string, StreamAudit>
  /** Of the copies that were read. */
  readonly copies?: ReadonlyMap<string, CopyAudit>
}

/** What became of every message, with what the audits found in the streams. To be asked once. */
export function closeLedger(
  ledger: Ledger,
  { origin, pending, drained, audits, copies = new Map() }: Closing,
): LedgerResult {
  const consumers = ledger.pages.map((page) => {
    const { plan } = page
    const stream = plan.kind === 'pull' ? plan.stream : undefined
    const stored = stream === undefined ? undefined : (audits.get(stream)?.read ?? copies.get(stream))
    const named = (sequence: number) => lostExample(ledger, sequence, stream, origin)
    return page.result(ledger, named, pending.get(plan.name) ?? 0, stored)
  })
  return {
    attempts: ledger.attempts,
    acked: ledger.ackedCount,
    sent: ledger.sent.size,
    failed: ledger.failed.size,
    indeterminate: ledger.indeterminate.size,
    drained,
    reasons: ledger.reasons.result(),
    consumers,
    streams: [...ledger.streams.values()].map(({ plan, acks }) => {
      const audit = audits.get(plan.name)
      if (audit) return audit.result()
      const ofStream = consumers.filter((_, index) => isOf(ledger.pages[index]!, plan.name))
      return judgeByConsumers(plan, acks, ofStream, drained)
    }),
    ...(copies.size > 0 && { paths: pathsOf(ledger, copies) }),
    bytes: ledger.bytes + [...audits.values(), ...copies.values()].reduce((sum, { bytes }) => sum + bytes, 0),
  }
}

function pathsOf(ledger: Ledger, copies: ReadonlyMap<string, CopyAudit>): PathLedger[] {
  return [...copies.values()].flatMap(({ paths }) =>
    paths.map((path) => {
      const { copy, roots } = path.hop
      const acks = roots.flatMap((root) => ledger.streams.get(root)?.acks.acked ?? [])
      const acked = (word: number) => acks.reduce((bits, each) => bits | each.word(word), 0)
      return {
        ...path.result(),
        consumers: ledger.pages.filter((page) => isOf(page, copy)).map((page) => page.onPath(acked, path.read)),
      }
    }),
  )
}

/** Is it a consumer of the stream? */
function isOf({ plan }: ConsumerPage, stream: string): boolean {
  return plan.kind === 'pull' && plan.stream === stream
}

function lostExample(ledger: Ledger, sequence: number, stream: string | undefined, origin: number): LostExample {
  const acks = stream === undefined ? undefined : ledger.streams.get(stream)?.acks
  return {
    ...ledger.exampleOf(sequence, origin),
    ...(acks?.knows(sequence) && { streamSequence: acks.sequences.get(sequence) }),
  }
}
