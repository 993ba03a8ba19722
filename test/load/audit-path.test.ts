import test from 'ava'
import { CopyAudit } from '../../lib/load/audit/copy-audit.ts'
import { readSource } from '../../lib/load/audit/source-header.ts'
import type { Reading } from '../../lib/load/audit/stored-message.ts'
import { closeLedger } from '../../lib/load/close-ledger.ts'
import type { PathLedger, StreamPlan } from '../../lib/load/index.ts'
import { Ledger } from '../../lib/load/ledger/ledger.ts'
import { orders } from './orders.ts'

const eu: StreamPlan = { ...orders, name: 'EU', subjects: ['eu.>'] }
const mirror: StreamPlan = {
  ...orders,
  name: 'COPY',
  subjects: [],
  copies: { kind: 'mirror', origins: [{ stream: 'ORDERS' }] },
}
const all: StreamPlan = {
  ...orders,
  name: 'ALL',
  subjects: [],
  copies: { kind: 'sources', origins: [{ stream: 'ORDERS' }, { stream: 'EU' }] },
}

/** What stands in a stream: a message's number in the ledger, and in a copy where it came from. */
interface Stored {
  readonly at: number
  readonly sequence?: number
  readonly from?: string
}

interface Case {
  readonly copy: StreamPlan
  /** Messages published to each stream and stored there, by turns. */
  readonly published: number
  readonly held: (clean: Stored[]) => readonly Stored[]
  /** The copy's end, where it is not that of its last message. */
  readonly last?: number
  readonly origins?: (clean: Stored[]) => readonly Stored[]
  readonly copyReading?: Partial<Reading>
  readonly plan?: Partial<StreamPlan>
}

function finished(stored: readonly Stored[], last = stored.at(-1)?.at ?? 0): Reading {
  const firstSequence = stored[0]?.at ?? last + 1
  const state = { firstSequence, lastSequence: last, messages: stored.length, deleted: 0, bytes: 0 }
  return { outcome: 'finished', reached: last, state, at: 0 }
}

/** Plays what a copy and its origins hold through the audit, as the reader would. */
function judged({ copy, published, held, last, origins = (clean) => clean, copyReading, plan }: Case): PathLedger[] {
  const names = copy.copies!.origins.map(({ stream }) => stream)
  const streams = [{ ...orders, ...plan }, eu, copy]
  const ledger = new Ledger([], streams)
  ledger.mark(0, { phase: 'only', window: 'fault' })
  const stored = new Map<string, Stored[]>(names.map((name) => [name, []]))
  const copied: Stored[] = []
  for (let count = 0; count < published; count += 1) {
    const name = names[count % names.length]!
    const sequence = ledger.attempt(name === 'ORDERS' ? 'orders.a' : 'eu.a')
    const list = stored.get(name)!
    list.push({ at: list.length + 1, sequence })
    ledger.settle(sequence, 'acked', { stream: name, seq: list.length, duplicate: false })
    copied.push({ at: count + 1, sequence, from: `${name}:hash ${list.length} > > a` })
  }
  const audit = new CopyAudit({ copy: copy.name, streams, ledger, starts: new Map(), origin: 0 })
  const inCopy = held(copied)
  for (const { at, sequence, from } of inCopy) {
    const stamp = sequence === undefined ? undefined : { publisher: 0, sequence }
    const source = copy.copies!.kind === 'sources' ? readSource(from) : undefined
    audit.observe({ streamSequence: at, storedAt: 0, stamp, messageId: undefined, source })
  }
  audit.close({ ...finished(inCopy, last), ...copyReading })
  for (const path of audit.paths) {
    const inOrigin = origins(stored.get(path.hop.origin.stream)!)
    for (const { at, sequence } of inOrigin) path.offer({ originSequence: at, sequence }, 'orders.a')
    path.closeOrigin(finished(inOrigin))
  }
  const { paths } = closeLedger(ledger, {
    origin: 0,
    pending: new Map(),
    drained: true,
    audits: new Map(),
    copies: new Map([[copy.name, audit]]),
  })
  return [...paths!]
}

const clean = { lost: 0, queued: 0, duplicate: 0, outOfOrder: 0, unexpected: 0, outlived: 0 }
const without = (index: number) => (list: Stored[]) => list.toSpliced(index, 1)

test('a copy that holds just what its origins do is clean', (t) => {
  const [path] = judged({ copy: mirror, published: 1_000, held: (list) => list })
  t.like(path, { ...clean, path: ['ORDERS', 'COPY'], verdict: 'pass', offered: 1_000, copied: 1_000, notes: [] })
  const [first, second] = judged({ copy: all, published: 1_000, held: (list) => list })
  t.like(first, { ...clean, path: ['ORDERS', 'ALL'], verdict: 'pass', offered: 500, copied: 500 })
  t.like(second, { ...clean, path: ['EU', 'ALL'], verdict: 'pass', offered: 500, copied: 500 })
})

test('a message dropped on the way is lost, and named with its place and window', (t) => {
  const [path] = judged({ copy: mirror, published: 100, held: without(41) })
  t.like(path, { ...clean, verdict: 'fail', lost: 1, copied: 99 })
  t.deepEqual(path!.examples.lost, [
    { publisher: 0, sequence: 41, originSequence: 42, at: 0, tags: { phase: 'only', window: 'fault' } },
  ])
  t.deepEqual(path!.lostByWindow, [{ tags: { phase: 'only', window: 'fault' }, lost: 1 }])
  t.deepEqual(path!.notes, ['1 message lost: not in the copy, which has passed them'])
  const [first, second] = judged({ copy: all, published: 100, held: without(41) })
  t.like(first, { ...clean, verdict: 'pass' })
  t.like(second, { ...clean, verdict: 'fail', lost: 1, copied: 49 })
  t.like(second!.examples.lost![0], { sequence: 41, originSequence: 21 })
})

test('what the copy has not come to is still queued, not lost', (t) => {
  for (const copy of [mirror, all]) {
    const paths = judged({ copy, published: 100, held: (list) => list.slice(0, 90) })
    t.is(
      paths.reduce((sum, { queued }) => sum + queued, 0),
      10,
    )
    for (const path of paths) {
      t.like(path, { lost: 0, verdict: 'unknown' })
      t.regex(path.notes.join(), /^\d+ messages still queued for the copy when the drain ended$/)
    }
  }
})

test('what was removed from the end of a copy is lost, not queued', (t) => {
  const [path] = judged({ copy: mirror, published: 100, held: (list) => list.slice(0, 97), last: 100 })
  t.like(path, { ...clean, verdict: 'fail', lost: 3 })
  const paths = judged({ copy: all, published: 100, held: (list) => list.slice(0, 96), last: 100 })
  for (const one of paths) t.like(one, { ...clean, verdict: 'fail', lost: 2 })
  // All of it, by a purge.
  for (const one of judged({ copy: all, published: 100, held: () => [], last: 100 }))
    t.like(one, { lost: 50, queued: 0 })
})

test('a message stored twice is a duplicate, unless its origin holds it twice', (t) => {
  const twice = (list: Stored[]) => [...list, { ...list[7]!, at: list.length + 1 }]
  const [path] = judged({ copy: all, published: 20, held: twice }).toReversed()
  t.like(path, { ...clean, verdict: 'fail', duplicate: 1 })
  t.like(path!.examples.duplicate![0], { sequence: 7, originSequence: 4, copySequence: 21 })
  const [legal] = judged({ copy: mirror, published: 20, held: twice, origins: twice })
  t.like(legal, { ...clean, verdict: 'pass', offered: 21 })
})

test('messages in another order than in their origin are out of order; two origins have none between them', (t) => {
  const swapped = (one: number, other: number) => (list: Stored[]) =>
    list.with(one, { ...list[other]!, at: one + 1 }).with(other, { ...list[one]!, at: other + 1 })
  const [first] = judged({ copy: all, published: 20, held: swapped(4, 6) })
  t.like(first, { ...clean, verdict: 'fail', outOfOrder: 1 })
  t.like(first!.examples.outOfOrder![0], { sequence: 4, originSequence: 3, copySequence: 7 })
  for (const path of judged({ copy: all, published: 20, held: swapped(4, 5) })) t.is(path.verdict, 'pass')
  // A mirror has its origin's sequences: there the one is not what should stand in that place.
  const [path] = judged({ copy: mirror, published: 20, held: (list) => list.with(4, { ...list[6]!, at: 5 }) })
  t.like(path, { verdict: 'fail', lost: 1 })
  t.like(path!.examples.lost![0], { sequence: 4, originSequence: 5 })
})

test('what came from none of the origins is unexpected', (t) => {
  const strange = (from?: string) => (list: Stored[]) => [...list, { at: list.length + 1, ...(from && { from }) }]
  for (const from of [undefined, 'OTHER 3', 'ORDERS nonsense'])
    t.like(judged({ copy: all, published: 4, held: strange(from) })[0], { ...clean, verdict: 'fail', unexpected: 1 })
})

test('a copy that kept what its origin lost is not to blame, and one with what was never acked is', (t) => {
  const [kept] = judged({ copy: mirror, published: 20, held: (list) => list, origins: without(3) })
  t.like(kept, { ...clean, verdict: 'pass', outlived: 1, offered: 19 })
  t.deepEqual(kept!.notes, ['1 message in the copy and no longer in the origin'])
})

test('what a limit of the origin took before the copy had it is lost on the way', (t) => {
  const front = (list: Stored[]) => list.slice(10)
  const [path] = judged({
    copy: mirror,
    published: 20,
    held: (list) => list.toSpliced(4, 3),
    origins: front,
    plan: { maxMessages: 10 },
  })
  t.like(path, { ...clean, verdict: 'fail', lost: 3, outlived: 7, offered: 13, copied: 10 })
  t.like(path!.examples.lost![0], { sequence: 4, originSequence: 5 })
})

test('a copy that could not be read to its end leaves open what it has not shown', (t) => {
  const [path] = judged({
    copy: mirror,
    published: 20,
    held: (list) => list.slice(0, 12).toSpliced(3, 1),
    copyReading: { outcome: 'unfinished', reached: 12, state: undefined },
  })
  t.like(path, { verdict: 'fail', lost: 1, queued: 0, readToEnd: false })
  t.like(path!.notes, [
    '1 message lost: not in the copy, which has passed them',
    'the copy was read up to sequence 12 only',
  ])
  const [gone] = judged({ copy: mirror, published: 20, held: () => [], copyReading: { outcome: 'missing' } })
  t.like(gone, { verdict: 'fail', lost: 20 })
})

test('a source is read as servers of any version write it', (t) => {
  t.deepEqual(readSource('ORDERS 17'), { stream: 'ORDERS', sequence: 17 })
  t.deepEqual(readSource('ORDERS:a1b2c3 17 > > orders.created'), { stream: 'ORDERS', sequence: 17 })
  for (const text of [undefined, '', 'ORDERS', 'ORDERS x', 'ORDERS 0']) t.is(readSource(text), undefined)
})
