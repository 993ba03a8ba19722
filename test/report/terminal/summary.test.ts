import { stripVTControlCharacters } from 'node:util'
import test from 'ava'
import { type Report, renderSummary } from '../../../lib/report/index.ts'
import { textWidth } from '../../../lib/report/terminal/text.ts'
import { fixtureReport } from '../fixture.ts'
import { golden } from '../golden.ts'

const plain = (report: Report, width = 100) => renderSummary(report, { colour: false, width })

for (const width of [120, 80, 60]) {
  test(`the summary at ${width} columns`, (t) => golden(t, `summary-${width}.txt`, plain(fixtureReport(), width)))
}

test('the summary in ASCII', (t) => {
  const text = renderSummary(fixtureReport(), { colour: false, width: 80, unicode: false })
  t.regex(text, /^[\x20-\x7e\n]*$/)
  t.is(text.split('\n').length, plain(fixtureReport(), 80).split('\n').length)
})

test('a typical run fits a screen of 44 lines', (t) => {
  const [, ...others] = fixtureReport().series.toReversed()
  const { plan, generator } = fixtureReport()
  const typical = fixtureReport({
    plan: { ...plan, metrics: [] },
    series: others,
    events: [],
    generator: { phases: generator.phases.map(({ caution: _, ...phase }) => phase) },
  })
  t.true(plain(typical).split('\n').length - 1 <= 44)
})

test('colours add nothing and take nothing away', (t) => {
  const coloured = renderSummary(fixtureReport(), { colour: true, width: 100 })
  t.is(stripVTControlCharacters(coloured), plain(fixtureReport()))
  t.true(coloured.startsWith('\x1b[31m\x1b[1mFAILED\x1b[22m\x1b[39m  '))
  t.true(coloured.includes('\x1b[35m  └ fault cut\x1b[39m'))
  t.true(coloured.includes('\x1b[33m600\x1b[39m'))
  t.true(coloured.includes('  \x1b[32m✓\x1b[39m recovery_time'))
})

test('no line is wider than the paper, whatever others wrote', (t) => {
  const { plan, thresholds, faults, ledger } = fixtureReport()
  const long = '消費者-🚀-'.repeat(12)
  const report = fixtureReport({
    build: { label: long },
    plan: { ...plan, script: { ...plan.script, path: `${long}.ts` } },
    thresholds: thresholds.map((result) => ({ ...result, selector: long })),
    faults: faults.map((entry) => ({ ...entry, error: long })),
    warnings: [long],
    result: { verdict: 'invalid', exitCode: 90, reasons: [long] },
    ledger: { ...ledger!, consumers: ledger!.consumers.map((one) => ({ ...one, consumer: long })) },
  })
  for (const width of [120, 80, 60]) {
    const wide = plain(report, width)
      .split('\n')
      .filter((line) => textWidth(line) > width)
    t.deepEqual(wide, [])
  }
})

test('control characters of others do not reach the terminal', (t) => {
  const reasons = ['the script said \x1b[2J\x1b[Hgone\r\nand more\x07']
  const text = plain(fixtureReport({ result: { verdict: 'error', exitCode: 107, reasons } }))
  t.true(text.includes('  · the script said gone and more\n'))
  t.false(/[^\P{Control}\n]/u.test(text))
})

const verdicts: readonly (readonly [Report['result'], string])[] = [
  [{ verdict: 'passed', exitCode: 0, reasons: [] }, 'PASSED  3 thresholds held, no acked message was lost\n'],
  [
    { verdict: 'invalid', exitCode: 90, reasons: ['the proxy died'] },
    'INVALID  these numbers do not measure the system and must not be used (exit 90)\n  · the proxy died\n',
  ],
  [
    { verdict: 'unknown', exitCode: 91, reasons: ['the drain did not finish'] },
    'UNKNOWN  it can not be said whether messages were lost (exit 91)\n  · the drain did not finish\n',
  ],
  [
    { verdict: 'interrupted', exitCode: 105, reasons: ['interrupted'] },
    'INTERRUPTED  ended before its time; the numbers are of what ran (exit 105)\n  · interrupted\n',
  ],
  [
    { verdict: 'error', exitCode: 107, reasons: ['setup threw: no'] },
    'ERROR  the script itself failed (exit 107)\n  · setup threw: no\n',
  ],
]

for (const [result, start] of verdicts) {
  test(`a run that is ${result.verdict} says so first`, (t) => {
    const text = plain(fixtureReport({ result }))
    t.is(text.slice(0, start.length), start)
  })
}

test('a pass is not said of messages that nobody judged', (t) => {
  const { ledger: _, ...report } = fixtureReport({
    result: { verdict: 'passed', exitCode: 0, reasons: [] },
    thresholds: [],
  })
  t.true(plain(report).startsWith('PASSED  no threshold was set\n'))
})

test('a pass says that nothing was lost where the streams themselves were read to the end', (t) => {
  const { ledger } = fixtureReport()
  const [orders] = ledger!.streams
  const start = (streams: readonly (typeof orders)[]) => {
    const result = { verdict: 'passed', exitCode: 0, reasons: [] } as const
    const read = streams.map((stream) => stream!)
    return plain(fixtureReport({ result, ledger: { ...ledger!, consumers: [], streams: read } })).split('\n')[0]
  }
  t.is(start([orders]), 'PASSED  3 thresholds held, no acked message was lost')
  t.is(start([]), 'PASSED  3 thresholds held')
  t.is(start([orders, { ...orders!, readToEnd: false }]), 'PASSED  3 thresholds held')
  t.is(start([{ ...orders!, judgedBy: 'consumers' }]), 'PASSED  3 thresholds held')
})

test('an observed value that would look like its limit is shown with all its digits', (t) => {
  const { thresholds } = fixtureReport()
  const [latency, ...others] = thresholds
  const missed = { ...latency!, passed: false, observed: 20.037 }
  t.regex(plain(fixtureReport({ thresholds: [missed, ...others] })), /✗ publish_latency\S+ +p99 < 20ms +20\.037ms\n/)
})

test('a threshold without samples says so', (t) => {
  const { observed: _, ...latency } = fixtureReport().thresholds[0]!
  t.regex(
    plain(fixtureReport({ thresholds: [{ ...latency, passed: false, samples: 0 }] })),
    /✗ .* p99 < 20ms +no samples\n/,
  )
})

test('long lists are cut, and say by how many', (t) => {
  const { faults, ledger, thresholds, result } = fixtureReport()
  const times = <T>(count: number, one: T) => Array.from({ length: count }, () => one)
  const text = plain(
    fixtureReport({
      faults: times(100, faults[0]!),
      thresholds: times(50, thresholds[0]!),
      warnings: times(9, 'look out'),
      result: { ...result, reasons: times(20, 'because') },
      ledger: { ...ledger!, consumers: times(30, ledger!.consumers[0]!) },
    }),
  )
  for (const note of [
    '… and 15 more reasons in the report',
    '… and 40 more thresholds that held',
    '… and 94 more faults in the report',
    '… and 24 more consumers in the report',
    '… and 6 more warnings in the report',
  ]) {
    t.true(text.includes(`  ${note}\n`), note)
  }
})

test('losses that an unfinished drain leaves open are marked as such', (t) => {
  const { ledger } = fixtureReport()
  const consumers = ledger!.consumers.map((one) => ({ ...one, lost: 7, pending: 7 }))
  const text = plain(fixtureReport({ ledger: { ...ledger!, drained: false, consumers } }))
  t.regex(text, /\n {2}billing +6,800 +6,803 +7\? /)
  t.true(text.includes('the drain did not finish'))
})

test('a stream that lost messages says how many, which and where', (t) => {
  const { ledger } = fixtureReport()
  const [orders] = ledger!.streams
  const tags = { phase: 'faults', window: 'fault', fault: 'cut' }
  const lost = Array.from({ length: 10 }, (_, index) => ({
    publisher: 0,
    sequence: 1_500 + index,
    streamSequence: 1_501 + index,
    at: 25_000,
    tags,
  }))
  const failed = {
    ...orders!,
    verdict: 'fail' as const,
    notes: ['12 messages acked and not in the stream'],
    lost: 12,
    lostMiddle: 12,
    examples: { lost },
  }
  const unread = { ...orders!, stream: 'BILLS', verdict: 'unknown' as const, readToEnd: false, notes: ['not read'] }
  const text = plain(fixtureReport({ ledger: { ...ledger!, streams: [failed, unread, orders!] } }))
  t.regex(text, /Streams .* lost/)
  t.regex(text, /^ {2}ORDERS .* 12 /m)
  t.regex(text, /^ {2}BILLS .* 0\? /m)
  t.true(text.includes('✗ ORDERS: 12 messages acked and not in the stream'))
  t.true(text.includes('? BILLS: not read'))
  t.regex(text, /lost: publisher 0 message 1500, stream sequence 1501, sent in faults, fault cut\s+\(from 25s on\)/)
  t.is(text.match(/lost: publisher/g)!.length, 3)
  t.true(text.includes('clean: ORDERS'))
})

test('a fault that was never applied, and why', (t) => {
  const { faults } = fixtureReport()
  const { appliedAt: _, healedAt: __, recovery: ___, ...entry } = faults[0]!
  const text = plain(fixtureReport({ faults: [{ ...entry, error: 'the proxy answered 500' }] }))
  t.false(text.includes('Recovery'))
  t.regex(text, /slow#1 .* never +never\n {2}✗ slow#1: the proxy answered 500\n/)
})

test('a run that never came to a load has a summary too', (t) => {
  const { ledger: _, ...report } = fixtureReport({
    durationMs: 0,
    result: { verdict: 'error', exitCode: 107, reasons: ['setup threw: no'] },
    thresholds: [],
    phases: [],
    faults: [],
    series: [],
    events: [],
    servers: [],
    generator: { phases: [] },
  })
  t.is(
    plain(report),
    [
      'ERROR  the script itself failed (exit 107)',
      '  · setup threw: no',
      'quickstart.ts · 0s from 2026-11-24 10:20:30 UTC · build a1b2c3d (dirty)',
      '',
      'Generator  no load was started',
      'embedded toxiproxy 2.12.0 · squall 0.1.0 · node v20.20.2 · 2 cores · seed 42',
      '',
    ].join('\n'),
  )
})
