import test from 'ava'
import type { StreamPlan } from '../../lib/load/index.ts'
import { copiesIn, layoutOf, metasOf } from '../../lib/run/watch/region-watch.ts'
import type { Plan } from '../../lib/script/index.ts'

test('a copy of all that its origins hold has a queue; of one that is copied in part nothing can be said', (t) => {
  const origins = (filter?: string) => [{ stream: 'EU' }, { stream: 'US', ...(filter !== undefined && { filter }) }]
  const streams = [
    { name: 'EU' },
    { name: 'US' },
    { name: 'ALL', region: 'a', copies: { kind: 'sources', origins: origins() } },
    { name: 'SOME', region: 'a', copies: { kind: 'sources', origins: origins('us.paid') } },
  ] as unknown as StreamPlan[]
  t.deepEqual(copiesIn(streams), [{ stream: 'ALL', region: 'a', origins: ['EU', 'US'] }])
})

test('leafnodes: a meta group for each region; gateways and clusters: one of all nodes', (t) => {
  const regions = [
    { name: 'a', nodes: 2 },
    { name: 'b', nodes: 1 },
  ]
  const layout = (via: string) => layoutOf({ topology: { kind: 'regions', via, regions } } as unknown as Plan)
  t.deepEqual(metasOf(layout('leafnodes')), [
    { group: '_meta_:a', nodes: ['a1', 'a2'] },
    { group: '_meta_:b', nodes: ['b1'] },
  ])
  t.is(metasOf(layout('gateways')), undefined)
  t.is(metasOf(layoutOf({ topology: { kind: 'single' } } as unknown as Plan)), undefined)
})
