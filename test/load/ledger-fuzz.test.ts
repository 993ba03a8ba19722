import test from 'ava'
import { StreamAudit } from '../../lib/load/audit/stream-audit.ts'
import { Ledger } from '../../lib/load/ledger/ledger.ts'
import { type History, randomHistory } from './ledger-history.ts'
import { oracle } from './ledger-oracle.ts'

/** The history played through the ledger and the audit. */
function audited({ plan, attempts, stored, after, last, cutAt }: History) {
  const ledger = new Ledger([], [plan])
  let section = -1
  const late: [number, { stream: string; seq: number; duplicate: boolean }][] = []
  for (const attempt of attempts) {
    while (section < attempt.section) {
      section += 1
      ledger.mark(section, { section: String(section) })
    }
    const sequence = ledger.attempt('orders.created')
    const ack = attempt.ack && { stream: plan.name, ...attempt.ack }
    if (attempt.late && ack) late.push([sequence, ack])
    if (attempt.again !== undefined) late.push([sequence, { stream: plan.name, seq: attempt.again, duplicate: false }])
    ledger.settle(sequence, attempt.outcome, attempt.late ? undefined : ack)
  }
  for (const [sequence, ack] of late) ledger.ackLate(sequence, ack)
  const audit = new StreamAudit(plan, ledger, { after, origin: 0 })
  const seen = stored.filter(({ streamSequence }) => cutAt === undefined || streamSequence <= cutAt)
  for (const message of seen) audit.observe(message)
  const state = {
    firstSequence: stored[0]?.streamSequence ?? last + 1,
    lastSequence: last,
    messages: stored.length,
    deleted: 0,
    bytes: 0,
  }
  audit.close(
    cutAt === undefined
      ? { outcome: 'finished', reached: last, state, at: 0 }
      : { outcome: 'unfinished', reached: cutAt, state: undefined, at: 0 },
  )
  return audit.result()
}

function compare(history: History): { is: object; must: object } {
  const result = audited(history)
  const { lostBySection, lostSequences, conflictSequences, ...must } = oracle(history)
  const counted = Object.fromEntries(Object.keys(must).map((key) => [key, result[key as keyof typeof result]]))
  const lostByWindow = Object.fromEntries(result.lostByWindow.map(({ tags, lost }) => [tags.section, lost]))
  const named = (examples: typeof result.examples.lost) => (examples ?? []).map(({ sequence }) => sequence!)
  const examplesHold =
    named(result.examples.lost).every((sequence) => lostSequences.has(sequence)) &&
    named(result.examples.ackConflict).every((sequence) => conflictSequences.has(sequence)) &&
    named(result.examples.lost).length === Math.min(10, result.lost)
  return {
    is: { ...counted, lostByWindow, examplesHold },
    must: { ...must, lostByWindow: lostBySection, examplesHold: true },
  }
}

test('random histories are judged as a naive oracle judges them', (t) => {
  const verdicts = new Set<unknown>()
  const seen = new Set<string>()
  for (let seed = 1; seed <= 400; seed += 1) {
    const { is, must } = compare(randomHistory(seed, seed % 100 === 0 ? 1_300 : 120))
    t.deepEqual(is, must, `seed ${seed}`)
    verdicts.add((must as { verdict: string }).verdict)
    for (const [name, count] of Object.entries(must)) if (typeof count === 'number' && count > 0) seen.add(name)
    if (Object.keys((must as { lostByWindow: object }).lostByWindow).length > 1) seen.add('several windows')
  }
  t.deepEqual([...verdicts].sort(), ['fail', 'pass', 'unknown'])
  // A set that never had anything in it was never compared.
  t.deepEqual([...seen].sort(), [
    'ackConflict',
    'acked',
    'deduplicated',
    'duplicate',
    'duplicateWithId',
    'earlier',
    'evicted',
    'failedButPresent',
    'lateAcked',
    'lost',
    'lostMiddle',
    'lostPostfix',
    'lostPrefix',
    'outOfOrder',
    'read',
    'recovered',
    'several windows',
    'unexpected',
  ])
})

test('one wrong among 200 000 clean messages is found, wherever it is', (t) => {
  const plan = randomHistory(1, 1).plan
  const clean = (size: number): History => ({
    plan,
    attempts: Array.from({ length: size }, (_, index) => ({
      outcome: 'acked' as const,
      ack: { seq: index + 1, duplicate: false },
      section: 0,
    })),
    stored: Array.from({ length: size }, (_, index) => ({
      streamSequence: index + 1,
      storedAt: index,
      stamp: { publisher: 0, sequence: index },
      messageId: undefined,
    })),
    after: 0,
    last: size,
    cutAt: undefined,
  })
  const size = 200_000
  const history = clean(size)
  t.like(audited(history), { verdict: 'pass', acked: size, read: size, lost: 0, ackConflict: 0, examples: {} })
  for (const index of [0, 1_023, 1_024, 65_535, 65_536, 131_072, size - 1]) {
    const lost = audited({ ...history, stored: history.stored.toSpliced(index, 1) })
    t.like(lost, { verdict: 'fail', lost: 1, read: size - 1, ackConflict: 0 })
    t.is(lost.examples.lost![0]!.sequence, index)
    t.is(lost.examples.lost![0]!.streamSequence, index + 1)
    // An ack that is off by a multiple of 65 536 looks right by its low bits alone.
    const ack = { seq: index + 1 + 3 * 65_536, duplicate: false }
    const misled = audited({ ...history, attempts: history.attempts.with(index, { ...history.attempts[index]!, ack }) })
    t.is(misled.verdict, 'fail')
    t.true(misled.examples.ackConflict!.some(({ sequence }) => sequence === index))
  }
})
