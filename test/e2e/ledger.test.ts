import test from 'ava'
import type { StreamLedger } from '../../lib/load/index.ts'
import { nothing } from '../load/orders.ts'
import { countOf, runScript, trendOf } from './support.ts'

test.serial('whatever is done to a stream is found, named and told from everything else', async (t) => {
  const { report, finished, squall } = await runScript(t, 'wrongs.ts', [], {}, /slow#1 applied/)
  t.is(finished.code, 99)
  const { streams, consumers } = report.ledger!
  const found = (name: string): StreamLedger => streams.find(({ stream }) => stream === name)!
  // Streams are published to in turn, so that a publisher's number follows from the place.
  const numberOf = (name: string, place: number) => place * streams.length + streams.findIndex((s) => s.stream === name)
  for (const { acked, stream } of streams) t.is(acked, stream === 'FULL' ? 150 : 200)

  t.regex(finished.stdout, /· publishes failed: 50 maximum messages exceeded\n/)
  t.like(found('CLEAN'), { ...nothing, verdict: 'pass', read: 200, notes: [], examples: {} })

  const deleted = found('DELETED')
  t.like(deleted, { ...nothing, verdict: 'fail', lost: 1, lostMiddle: 1, read: 199 })
  t.like(deleted.examples.lost![0], {
    publisher: 0,
    sequence: numberOf('DELETED', 49),
    streamSequence: 50,
    tags: { phase: 'before', window: 'fault', fault: 'slow' },
  })
  t.like(deleted.lostByWindow[0], { lost: 1, tags: { phase: 'before', fault: 'slow' } })
  const terminal = finished.stdout.replaceAll(/\s+/g, ' ')
  t.regex(
    terminal,
    /DELETED: 1 message acked and not in the stream lost: publisher 0 message 442, stream sequence 50, sent in before, fault slow \(from /,
  )
  t.regex(terminal, /victim: lost: publisher 0 message \d+, stream sequence 1\d\d, sent in after, /)

  t.like(found('STRAY'), { ...nothing, verdict: 'fail', unexpected: 1, read: 200 })
  t.deepEqual(found('STRAY').examples.unexpected, [{ streamSequence: 101 }])

  t.like(found('REPUBLISHED'), { ...nothing, verdict: 'pass', duplicate: 1, read: 200 })
  t.like(found('REPUBLISHED').examples.duplicate![0], { sequence: numberOf('REPUBLISHED', 19), streamSequence: 101 })

  t.like(found('MIXED'), { ...nothing, verdict: 'fail', unexpected: 1 })
  t.like(found('MIXED').examples.unexpected![0], { sequence: numberOf('REPUBLISHED', 19), streamSequence: 101 })

  t.like(found('PURGED'), { ...nothing, verdict: 'fail', lost: 100, lostPrefix: 100, read: 100 })
  t.is(found('PURGED').examples.lost!.length, 10)

  // In the new stream of the old name, new messages are acked with the sequences of old ones.
  t.like(found('SWAPPED'), { ...nothing, verdict: 'fail', lost: 100, lostPrefix: 100, read: 100, ackConflict: 200 })

  t.like(found('FULL'), { ...nothing, verdict: 'fail', failedButPresent: 1, read: 151 })
  t.like(found('FULL').examples.failedButPresent![0], { sequence: numberOf('FULL', 199), streamSequence: 151 })
  t.is(report.ledger!.failed, 50)

  t.like(found('STOLEN'), { ...nothing, verdict: 'pass' })
  const [victim, reluctant] = consumers
  t.like(victim, { consumer: 'victim', expected: 200, received: 199, lost: 1, neverConsumed: 1, pending: 0 })
  t.true(victim!.lostExamples[0]!.sequence >= numberOf('STOLEN', 100))
  t.like(reluctant, { consumer: 'reluctant', received: 200, lost: 0, redelivered: 1, duplicates: 0 })
  for (const name of ['DELETED', 'STRAY', 'MIXED', 'PURGED', 'SWAPPED', 'FULL'])
    t.true(
      report.result.reasons.some((reason) => reason.startsWith(`stream ${name}: `)),
      name,
    )
  t.true(report.result.reasons.includes('1 acked message never reached consumer victim'))

  // A phase that runs out of iterations is over then, and what its first iteration does is its own already.
  for (const { name, startMs, endMs, windows } of report.phases) {
    const tags = { phase: name }
    t.is(countOf(report, 'iterations', tags), 100)
    t.is(windows.at(-1)!.endMs, endMs!)
    const series = report.series.filter((one) => one.metric === 'iterations' && one.tags.phase === name)
    const lasted = series.reduce((sum, { value }) => sum + (value.kind === 'counter' ? value.count / value.rate : 0), 0)
    t.true(lasted * 1_000 < endMs! - startMs + 1, `${lasted} s of ${endMs! - startMs} ms`)
  }
  t.deepEqual(
    report.series.filter(({ metric }) => metric === 'checks').map(({ tags }) => tags.phase),
    ['after'],
  )
  await squall.assertNothingLeft(t)
})

test.serial('a retry with the same message id: one message, stored once for as long as the id is known', async (t) => {
  const { report, finished } = await runScript(t, 'retry.ts')
  t.is(finished.code, 0, finished.stdout)
  const { streams, acked, failed, indeterminate } = report.ledger!
  const [long, short, plain] = streams
  const sent = 9 * 50
  // However long its acks were lost, every message that was retried is stored in the end, once.
  t.like(long, { verdict: 'pass', acked: sent, read: sent, lost: 0, duplicate: 0, duplicateWithId: 0, ackConflict: 0 })
  t.is(long!.state!.messages, sent)
  t.true(countOf(report, 'publish_retries') > 0)
  t.true(countOf(report, 'duplicate_acks') > 0)
  // From the intended start on: the tries before the last one are in the latency, of which each takes 700 ms. Timers may be early.
  t.true(trendOf(report, 'publish_latency', { window: 'fault', fault: 'acks' }).max > 690)
  // What is stored a second time after the id was forgotten is a duplicate, and nobody's fault.
  t.like(short, { verdict: 'pass', acked: sent, read: sent, lost: 0, duplicateWithId: 0, ackConflict: 0 })
  t.true(short!.duplicate > 0)
  t.is(short!.state!.messages, sent + short!.duplicate)
  // A retry comes behind what was published after the first try.
  t.true(long!.outOfOrder > 0)
  // Without it, the same leaves messages of which nobody knows, stored in the first fault and not in the second.
  const plainAcked = plain!.acked - plain!.lateAcked
  t.is(failed + indeterminate, sent - plainAcked)
  t.true(plain!.recovered > 0 && plain!.recovered < indeterminate)
  t.is(acked, 2 * sent + plainAcked)
  t.is(countOf(report, 'publish_attempts'), 3 * sent)
})

test.serial('a single replica on a disk that was replaced: what was acked before is lost, by window', async (t) => {
  const { report, finished } = await runScript(t, 'wiped.ts')
  t.is(finished.code, 99, finished.stdout)
  const [alone, three] = report.ledger!.streams
  t.is(alone!.verdict, 'fail')
  // All that was acked before the kill, and nothing else.
  t.true(alone!.lost > 0)
  t.is(alone!.lostPrefix, alone!.lost)
  t.is(alone!.read, alone!.acked - alone!.lost + alone!.recovered)
  t.is(alone!.lostByWindow[0]!.tags.window, 'baseline')
  t.true(alone!.lostByWindow.every(({ tags }) => tags.window !== 'recovery'))
  t.like(alone!.examples.lost![0], { publisher: 0, sequence: 0, streamSequence: 1 })
  t.like(three, { verdict: 'pass', lost: 0, unexpected: 0, ackConflict: 0 })
})

test.serial('all nodes killed at once: quorum is gone and comes back, and what was acked is there', async (t) => {
  const { report, finished } = await runScript(t, '../../../scripts/kill-all.ts', [
    '--time-scale',
    '0.4',
    '--env',
    'SYNC_INTERVAL=1m',
  ])
  const [orders, notes] = report.ledger!.streams
  for (const stream of [orders!, notes!]) {
    t.like(stream, { readToEnd: true, lost: 0, unexpected: 0, ackConflict: 0, failedButPresent: 0, verdict: 'pass' })
    t.true(stream.acked > 0, stream.stream)
  }
  // What was acked before the kill was looked for.
  t.true(countOf(report, 'publish_acked', { phase: 'baseline' }) > 0)
  t.deepEqual(report.faults[0]!.targets.toSorted(), ['n1', 'n2', 'n3'])
  t.true(report.observed!.quorum._meta_!.count > 0)
  t.deepEqual([...new Set(report.servers.map(({ syncInterval }) => syncInterval))], ['60000ms'])
  t.true(finished.stdout.includes('(sync 60000ms)'))
})

test.serial('a drain that does not end makes the verdict UNKNOWN, and what is known is told', async (t) => {
  const { report, finished } = await runScript(t, 'stuck.ts', ['--drain', '3s'])
  t.is(finished.code, 91, finished.stdout)
  t.is(report.result.verdict, 'unknown')
  t.deepEqual(report.result.reasons, [
    'consumer stuck had not read everything when the drain ended, so losses are not known',
  ])
  t.like(report.ledger!.consumers[0], { received: 50, lost: 0, pending: 50 })
  // The stream itself was read, and is as it should be.
  t.like(report.ledger!.streams[0], { verdict: 'pass', acked: 50, read: 50 })
  t.regex(finished.stdout, /^UNKNOWN /)
})

test.serial('a stream that could not be read to its end is UNKNOWN, and how far it was read is said', async (t) => {
  const { report, finished } = await runScript(t, 'unread.ts', ['--drain', '1ms'])
  t.is(finished.code, 91, finished.stdout)
  t.is(report.result.verdict, 'unknown')
  t.like(report.ledger!.streams[0], { verdict: 'unknown', readToEnd: false, acked: 50, lost: 0, state: undefined })
  t.regex(report.result.reasons.join(), /^stream ORDERS: read up to sequence \d+ only: what follows is not known$/)
  const terminal = finished.stdout.replaceAll(/\s+/g, ' ')
  t.regex(terminal, /UNKNOWN .*ORDERS: read up to sequence \d+ only: what follows is not known/)
})

test.serial('nothing is found where nothing was done', async (t) => {
  const { report, finished } = await runScript(t, 'clean.ts')
  t.is(finished.code, 0, finished.stdout)
  const { streams, consumers } = report.ledger!
  const count = 20_000
  t.like(streams[0], { ...nothing, verdict: 'pass', acked: count, read: count, earlier: 0, notes: [], examples: {} })
  t.is(streams[0]!.state!.messages, count)
  t.like(consumers[0], { received: count, lost: 0, neverConsumed: 0, duplicates: 0, redelivered: 0, outOfOrder: 0 })
  t.is(report.ledger!.attempts, count)
})
