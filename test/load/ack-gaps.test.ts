import { setTimeout as sleep } from 'node:timers/promises'
import test from 'ava'
import { AckGaps } from '../../lib/load/publish/ack-gaps.ts'
import { PayloadSource } from '../../lib/load/publish/payload.ts'
import { Publisher } from '../../lib/load/publish/publisher.ts'
import { Tagger } from '../../lib/load/tagger.ts'
import { now, SampleRegistry, type Tags } from '../../lib/measure/index.ts'
import { ampleMs, Rig } from './ledger-rig.ts'

/** Gaps of a load of two phases that starts at 0, as they were recorded: milliseconds, under their tags. */
function gapsOf(run: (gaps: AckGaps, tagger: Tagger) => void): { tags: Tags; ms: number[] }[] {
  const series: { metric: string; tags: Tags }[] = []
  const registry = new SampleRegistry([], ({ id, metric, tags }) => {
    series[id] = { metric, tags }
  })
  const tagger = new Tagger(registry, ['first', 'second'])
  tagger.startPhase(0)
  run(new AckGaps(tagger), tagger)
  return registry.drain().trends.map(({ id, min, max, pairs }) => {
    const { metric, tags } = series[id]!
    if (metric !== 'ack_gap') throw new Error(metric)
    const count = pairs.filter((_, index) => index % 2 === 1).reduce((sum, one) => sum + one, 0)
    return { tags, ms: count === 1 ? [max / 1_000] : [min / 1_000, max / 1_000] }
  })
}

test('the time between two acks is a gap from 50 ms on', (t) => {
  const gaps = gapsOf((gaps) => {
    for (const at of [1_000, 1_049, 1_099, 1_148.9, 1_400]) gaps.acked(0, at)
  })
  t.deepEqual(gaps, [{ tags: { phase: 'first', window: 'baseline' }, ms: [50, 251.1] }])
})

test('the time until the first ack is none', (t) => {
  t.deepEqual(
    gapsOf((gaps) => gaps.acked(0, 9_000)),
    [],
  )
})

test('a gap is that of the most severe window that it reached into, and of the phase of the message that ended it', (t) => {
  const gaps = gapsOf((gaps, tagger) => {
    gaps.acked(0, 900)
    tagger.openWindow(1_000, { kind: 'fault', faults: ['kill'] })
    tagger.openWindow(2_000, { kind: 'recovery', faults: ['kill'] })
    tagger.openWindow(3_000, { kind: 'baseline', faults: [] })
    tagger.startPhase(3_500)
    gaps.acked(1, 4_000)
    gaps.acked(1, 4_100)
  })
  t.deepEqual(gaps, [
    { tags: { phase: 'second', window: 'fault', fault: 'kill' }, ms: [3_100] },
    { tags: { phase: 'second', window: 'baseline' }, ms: [100] },
  ])
})

test('a gap that no ack ended reaches to the last publish that waited in vain', (t) => {
  const gaps = gapsOf((gaps) => {
    gaps.acked(0, 1_000)
    gaps.missed(0, 6_000)
    gaps.missed(0, 6_500)
    gaps.end()
    gaps.end()
  })
  t.deepEqual(gaps, [{ tags: { phase: 'first', window: 'baseline' }, ms: [5_500] }])
})

test('what missed its ack before the last one came leaves no gap at the end', (t) => {
  const gaps = gapsOf((gaps) => {
    gaps.acked(0, 1_000)
    gaps.missed(0, 1_010)
    gaps.acked(0, 1_020)
    gaps.end()
  })
  t.deepEqual(gaps, [])
})

test('a publisher notes the gaps between the acks of a real server, and the one that never ended', async (t) => {
  const rig = await Rig.start(t)
  const registry = new SampleRegistry([], () => {})
  const tagger = new Tagger(registry, ['only'])
  tagger.startPhase(now())
  const { client } = rig.publisher
  const payloads = new PayloadSource(1)
  const parts = { client, ledger: rig.ledger, tagger, payloads, streams: [rig.plan], runId: 1, onAck: () => {} }
  const publisher = new Publisher(parts)
  const publish = (ackTimeoutMs = ampleMs) =>
    publisher.publish({ phase: 0, lag: 0, ackTimeoutMs }, 'orders.created', undefined)
  const gap = tagger.current().trend('ack_gap')
  const longest = () => {
    const found = registry.drain().trends.find(({ id }) => id === gap.id)
    return found && found.max / 1_000
  }

  t.is((await publish()).outcome, 'acked')
  t.is(longest(), undefined)
  const first = now()
  while (now() - first < 100) await sleep(10)
  t.is((await publish()).outcome, 'acked')
  t.true(longest()! >= 100)

  process.kill(rig.pid, 'SIGSTOP')
  // The signal is on its way: what is published before it arrives is acked.
  while ((await publish(200)).outcome === 'acked');
  longest()
  t.is(longest(), undefined)
  publisher.abandon('run ended')
  t.true(longest()! >= 200)
})
