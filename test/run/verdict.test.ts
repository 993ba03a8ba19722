import test from 'ava'
import { judgeGenerator } from '../../lib/measure/index.ts'
import { judge, type VerdictGrounds } from '../../lib/run/verdict.ts'
import { fixtureReport } from '../report/fixture.ts'

const clean: VerdictGrounds = { halts: [], invalid: [], thresholds: [], ledger: undefined, hasConsumers: false }
const failing = { selector: 'publish_latency', expression: 'p99 < 1ms', passed: false, observed: 5, samples: 10 }
const ledger = (lost: number, drained = true) => ({
  attempts: 10,
  acked: 10,
  sent: 0,
  failed: 0,
  indeterminate: 0,
  drained,
  bytes: 1,
  consumers: [
    {
      consumer: 'billing',
      kind: 'pull' as const,
      expected: 10,
      received: 10 - lost,
      lost,
      recovered: 0,
      duplicates: 0,
      redelivered: 0,
      outOfOrder: 0,
      pending: drained ? 0 : 4,
      neverConsumed: 0,
      lostExamples: [],
    },
  ],
  streams: [],
})

test('one sample is not several', (t) => {
  const { reasons } = judge({ ...clean, thresholds: [{ ...failing, samples: 1 }] })
  t.deepEqual(reasons, ['threshold publish_latency: p99 < 1ms failed over 1 sample'])
})

test('nothing against it: passed', (t) => {
  t.deepEqual(judge(clean), { verdict: 'passed', exitCode: 0, reasons: [] })
})

test('each ground has its verdict and exit code', (t) => {
  const cases: [Partial<VerdictGrounds>, string, number][] = [
    [{ thresholds: [failing] }, 'failed', 99],
    [{ ledger: ledger(2), hasConsumers: true }, 'failed', 99],
    [{ ledger: ledger(0, false), hasConsumers: true }, 'unknown', 91],
    [{ invalid: ['slow'] }, 'invalid', 90],
    [{ halts: [{ kind: 'interrupted', reason: 'Ctrl-C' }] }, 'interrupted', 105],
    [{ halts: [{ kind: 'error', reason: 'setup' }] }, 'error', 107],
  ]
  for (const [grounds, verdict, exitCode] of cases) t.like(judge({ ...clean, ...grounds }), { verdict, exitCode })
})

test('a stream that fails fails the run, and one that was not read to its end leaves it unknown', (t) => {
  const { ledger: recorded } = fixtureReport()
  const judged = (verdict: 'pass' | 'fail' | 'unknown') => ({
    ...ledger(0),
    streams: [{ ...recorded!.streams[0]!, verdict, notes: ['1 message lost', 'and more'] }],
  })
  t.is(judge({ ...clean, ledger: judged('pass') }).verdict, 'passed')
  t.deepEqual(judge({ ...clean, ledger: judged('fail') }), {
    verdict: 'failed',
    exitCode: 99,
    reasons: ['stream ORDERS: 1 message lost; and more'],
  })
  t.like(judge({ ...clean, ledger: judged('unknown') }), { verdict: 'unknown', exitCode: 91 })
})

test('a path that lost something fails the run; one that is still behind leaves it unknown, and says so once', (t) => {
  const judged = (verdict: 'pass' | 'fail' | 'unknown') => {
    const path = { path: ['ORDERS', 'COPY'], copies: 'mirror', verdict, notes: ['3 messages are amiss'], consumers: [] }
    return judge({
      ...clean,
      hasConsumers: true,
      ledger: { ...ledger(0, verdict !== 'unknown'), consumers: [], paths: [path as never] },
    })
  }
  t.is(judged('pass').verdict, 'passed')
  t.deepEqual(judged('fail'), { verdict: 'failed', exitCode: 99, reasons: ['ORDERS → COPY: 3 messages are amiss'] })
  t.deepEqual(judged('unknown'), { verdict: 'unknown', exitCode: 91, reasons: ['ORDERS → COPY: 3 messages are amiss'] })
})

test('what a stream holds and a consumer never got fails the run', (t) => {
  const { consumers, ...rest } = ledger(0)
  const missed = { ...rest, consumers: consumers.map((one) => ({ ...one, neverConsumed: 3 })) }
  t.like(judge({ ...clean, ledger: missed, hasConsumers: true }), {
    verdict: 'failed',
    reasons: ['3 messages stored without an ack never reached consumer billing'],
  })
})

test('the weightiest verdict wins, and every reason is told', (t) => {
  const result = judge({ ...clean, thresholds: [failing], invalid: ['the generator was slow'] })
  t.is(result.verdict, 'invalid')
  t.is(result.reasons.length, 2)
  t.is(result.reasons[0], 'the generator was slow')
})

const phase = {
  due: 1_000,
  started: 1_000,
  dropped: 0,
  open: true,
  lagP99: 0.5,
  latencyP99: 10,
  serviceP50: 1,
  utilization: 0.3,
}

test('a generator that kept up is believed', (t) => {
  t.deepEqual(judgeGenerator(phase), {})
})

test('one iteration that a run is interrupted before is no sign of a slow generator', (t) => {
  t.deepEqual(judgeGenerator({ ...phase, due: 56, started: 55 }), {})
  t.regex(judgeGenerator({ ...phase, due: 56, started: 54 }).invalid!, /started 54 of 56/)
})

test('a generator that started too few, or too late, is not', (t) => {
  t.regex(judgeGenerator({ ...phase, started: 900 }).invalid!, /started 900 of 1000/)
  t.regex(judgeGenerator({ ...phase, lagP99: 60, latencyP99: 100 }).invalid!, /60ms late at p99/)
  t.is(judgeGenerator({ ...phase, lagP99: 60, latencyP99: 2_000 }).invalid, undefined)
  t.regex(judgeGenerator({ ...phase, lagP99: 3 }).caution!, /3ms late/)
  t.regex(judgeGenerator({ ...phase, open: false, utilization: 0.97 }).caution!, /97% busy/)
})
