import test from 'ava'
import type { Snapshot } from '../../lib/load/index.ts'
import { Recording } from '../../lib/run/recording/recording.ts'
import { Windows } from '../../lib/run/recording/windows.ts'
import type { Plan } from '../../lib/script/index.ts'

const planOf = (parts: Partial<Plan>) =>
  ({
    metrics: [],
    consumers: [],
    services: [],
    topology: { kind: 'single' },
    phases: [{ name: 'only' }],
    ...parts,
  }) as unknown as Plan

test('what happens to a client before the load is at its beginning, and a report can hold it', (t) => {
  const recording = new Recording(planOf({}), new Windows(['only']))
  const event = { kind: 'disconnect', client: 'publisher' } as const
  recording.take({ type: 'event', event: { ...event, at: 5_000 } })
  recording.origin = 7_000
  recording.take({ type: 'event', event: { ...event, at: 7_250 } })
  t.deepEqual(
    recording.events.kept.map(({ at }) => at),
    [0, 250],
  )
})

test('regions have rates of their own, and the run has the sum of them and not the spread of both', (t) => {
  const topology = {
    kind: 'regions',
    via: 'leafnodes',
    regions: ['a', 'b', 'idle'].map((name) => ({ name, nodes: 1 })),
  }
  const windows = new Windows(['only'])
  const recording = new Recording(planOf({ topology: topology as unknown as Plan['topology'] }), windows)
  recording.origin = 0
  windows.startPhase(0, 0)
  const tags = (region: string) => ({ phase: 'only', window: 'baseline', region })
  const declared = ['a', 'b'].flatMap((region, index) => [
    { id: 2 * index, metric: 'publish_attempts', tags: tags(region) },
    { id: 2 * index + 1, metric: 'publish_acked', tags: tags(region) },
  ])
  for (const series of declared) recording.take({ type: 'series', series })
  const second = (from: number, acked: readonly number[]) => {
    const counters = acked.flatMap((by, index) => [
      { id: 2 * index, by: 100 },
      { id: 2 * index + 1, by },
    ])
    const snapshot = {
      from,
      to: from + 1_000,
      iterations: [{ phase: 0, due: 0, started: 0, dropped: 0 }],
      acks: {},
      health: { maxTurnMs: 0, utilization: 0 },
      trends: [],
      rates: [],
      gauges: [],
      counters,
    } as unknown as Snapshot
    recording.take({ type: 'snapshot', snapshot })
  }
  second(0, [100, 90])
  second(1_000, [100, 10])
  const observe = (tags: Record<string, string>, kind: string) =>
    recording.aggregate.observe(
      { metric: 'publish_throughput', type: 'throughput', tags, aggregation: { kind } } as never,
      () => 1,
    )
  t.deepEqual(observe({}, 'min'), { value: 110, samples: 2 })
  t.deepEqual(observe({ region: 'a' }, 'min'), { value: 100, samples: 2 })
  t.deepEqual(observe({ region: 'b' }, 'min'), { value: 10, samples: 2 })
  t.is(observe({ region: 'idle' }, 'min').samples, 0)
  const { counters } = recording.timeline({ histograms: false })
  t.deepEqual(counters['publish_acked{region:b}'], [90, 10])
  t.deepEqual(counters.publish_acked, [190, 110])
})
