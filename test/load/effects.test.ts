import test from 'ava'
import { connect } from 'nats'
import { Effects } from '../../lib/load/audit/effects.ts'
import { auditEffects } from '../../lib/load/audit/effects-audit.ts'
import { RequestLedger } from '../../lib/load/http/request-ledger.ts'
import { now } from '../../lib/measure/index.ts'
import { webPlan } from '../services/support.ts'
import { startEngine, startRig } from '../topology/support.ts'

const place = { service: 'web', stream: 'DONE', field: 'id' }
const bytes = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))

/** Requests 0 to 4: accepted, accepted, accepted, refused, indeterminate. */
function requests(): RequestLedger {
  const ledger = new RequestLedger(3)
  for (const fate of ['accepted', 'accepted', 'accepted', 'refused', 'indeterminate'] as const) {
    ledger.settle('web', ledger.next(), fate)
  }
  return ledger
}

test('each accepted request has one effect, and the indeterminate one may have', (t) => {
  const ledger = requests()
  const effects = new Effects(place, ledger)
  for (const number of [0, 1, 2, 4]) effects.take(bytes({ id: ledger.idOf(number) }))
  t.deepEqual(effects.result(true), {
    service: 'web',
    stream: 'DONE',
    accepted: 3,
    seen: 4,
    missing: 0,
    doubled: 0,
    unexpected: 0,
    missingExamples: [],
    doubledExamples: [],
    unexpectedExamples: [],
    settled: true,
  })
})

test('what is missing, doubled and unexpected is counted and named', (t) => {
  const ledger = requests()
  const effects = new Effects(place, ledger)
  for (const number of [1, 1, 1, 3]) effects.take(bytes({ id: ledger.idOf(number) }))
  t.like(effects.result(true), {
    seen: 4,
    missing: 2,
    doubled: 1,
    unexpected: 1,
    missingExamples: [ledger.idOf(0), ledger.idOf(2)],
    doubledExamples: [ledger.idOf(1)],
    unexpectedExamples: [ledger.idOf(3)],
  })
})

test('what names no request of this run is not looked at', (t) => {
  const ledger = requests()
  const effects = new Effects(place, ledger)
  for (const value of ['', 'no JSON', 'null', '7', { id: 7 }, { other: ledger.idOf(0) }, { id: 'other-0' }]) {
    effects.take(bytes(value))
  }
  t.like(effects.result(false), { seen: 0, missing: 3, settled: false })
})

test('no more than ten are named, and all are counted', (t) => {
  const ledger = new RequestLedger(4)
  for (let count = 0; count < 100; count += 1) ledger.settle('web', ledger.next(), 'accepted')
  const { missing, missingExamples } = new Effects(place, ledger).result(true)
  t.deepEqual([missing, missingExamples.length], [100, 10])
})

test('a stream is read on from where it was until the last effect is there', async (t) => {
  const { topology } = await startRig(t, await startEngine(t))
  const nats = await connect({ servers: topology.clientUrls.consumers[0]! })
  t.teardown(() => nats.close())
  const ledger = requests()
  const parts = {
    nats,
    services: [webPlan({ effects: { stream: 'DONE' } })],
    requests: ledger,
    deadline: now() + 60_000,
  }
  // Nothing accepted was done, and there is not even a stream: known at the deadline, and no earlier.
  t.like((await auditEffects({ ...parts, deadline: now() + 1_000 }))[0]!, { missing: 3, settled: false })
  const manager = await nats.jetstreamManager()
  await manager.streams.add({ name: 'DONE', subjects: ['done'] })
  const done = (number: number) => nats.jetstream().publish('done', bytes({ id: ledger.idOf(number) }))
  await done(0)
  await done(1)
  // Its consumer goes when it has read what there is.
  const isRead = new Promise((resolve) => {
    nats.subscribe('$JS.EVENT.ADVISORY.CONSUMER.DELETED.DONE.*', { callback: resolve, max: 1 })
  })
  const auditing = auditEffects(parts)
  await isRead
  await done(2)
  t.like((await auditing)[0]!, { accepted: 3, seen: 3, missing: 0, doubled: 0, settled: true })
})
