import * as v from 'valibot'

const number = v.number()
const text = v.string()
const flag = v.boolean()

const named = {
  publisher: v.optional(number),
  at: v.optional(number),
  tags: v.optional(v.record(text, text)),
}
const example = v.looseObject({
  ...named,
  sequence: v.optional(number),
  streamSequence: number,
  subject: v.optional(text),
})
const lostExample = v.looseObject({ ...named, sequence: number, streamSequence: v.optional(number) })

const streamLedger = v.looseObject({
  stream: text,
  verdict: v.picklist(['pass', 'fail', 'unknown']),
  judgedBy: v.picklist(['content', 'consumers']),
  readToEnd: flag,
  notes: v.array(text),
  acked: number,
  read: number,
  lost: number,
  unexpected: number,
  recovered: number,
  ackConflict: number,
  duplicateWithId: number,
  duplicate: number,
  outOfOrder: number,
  examples: v.record(text, v.array(example)),
})

const pathLedger = v.looseObject({
  path: v.array(text),
  copies: v.picklist(['mirror', 'sources']),
  verdict: v.picklist(['pass', 'fail', 'unknown']),
  readToEnd: flag,
  notes: v.array(text),
  offered: number,
  copied: number,
  lost: number,
  queued: number,
  duplicate: number,
  outOfOrder: number,
  unexpected: number,
  consumers: v.array(v.looseObject({ consumer: text, expected: number, received: number, neverConsumed: number })),
  examples: v.record(
    text,
    v.array(
      v.looseObject({
        ...named,
        sequence: v.optional(number),
        originSequence: v.optional(number),
        copySequence: v.optional(number),
      }),
    ),
  ),
})

/** What was found of every message: {@link reportShape}'s `ledger`. */
export const ledger = v.looseObject({
  attempts: number,
  reasons: v.optional(v.array(v.looseObject({ operation: text, outcome: text, reason: text, count: number }))),
  acked: number,
  sent: number,
  failed: number,
  indeterminate: number,
  drained: flag,
  consumers: v.array(
    v.looseObject({
      consumer: text,
      kind: text,
      expected: number,
      received: number,
      lost: number,
      recovered: number,
      duplicates: number,
      redelivered: number,
      outOfOrder: number,
      pending: number,
      lostExamples: v.array(lostExample),
    }),
  ),
  streams: v.array(streamLedger),
  paths: v.optional(v.array(pathLedger)),
  effects: v.optional(
    v.array(
      v.looseObject({
        service: text,
        stream: text,
        accepted: number,
        seen: number,
        missing: number,
        doubled: number,
        unexpected: number,
        missingExamples: v.array(text),
        doubledExamples: v.array(text),
        unexpectedExamples: v.array(text),
        settled: flag,
      }),
    ),
  ),
  state: v.optional(v.looseObject({ differences: v.array(text), count: number })),
})
