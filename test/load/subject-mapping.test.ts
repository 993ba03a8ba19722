import test from 'ava'
import * as v from 'valibot'
import { arrivals } from '../../lib/load/assets/hops.ts'
import { landingOf } from '../../lib/load/assets/landing.ts'
import { mappingProblem, mapSubject } from '../../lib/load/assets/subject-mapping.ts'
import type { StreamPlan } from '../../lib/load/index.ts'
import { regions, single, topologySchema } from '../../lib/topology/index.ts'
import { orders } from './orders.ts'

test('subjects are mapped as nats-server maps them', (t) => {
  const cases: [string | undefined, string | undefined, string, string | undefined][] = [
    [undefined, undefined, 'a.b', 'a.b'],
    ['a.*', undefined, 'a.b', 'a.b'],
    ['a.*', undefined, 'b.a', undefined],
    ['orders.>', 'eu.>', 'orders.a.b', 'eu.a.b'],
    [undefined, 'eu.>', 'orders.a', 'eu.orders.a'],
    ['orders.*.*', 'eu.$2.$1', 'orders.a.b', 'eu.b.a'],
    ['orders.*.>', '{{wildcard(1)}}.all.>', 'orders.a.b.c', 'a.all.b.c'],
    ['orders.a', 'eu.a', 'orders.a', 'eu.a'],
  ]
  for (const [filter, to, subject, mapped] of cases)
    t.is(mapSubject({ ...(filter && { filter }), ...(to && { to }) }, subject), mapped, `${filter} ${to} ${subject}`)
})

test('a mapping that nats-server would refuse, or that needs more than wildcards, is told', (t) => {
  for (const [filter, to] of [
    ['orders.>', 'eu.>'],
    ['orders.*', 'eu.$1'],
    ['orders.a', 'eu.b'],
  ] as const)
    t.is(mappingProblem(filter, to), undefined)
  t.regex(mappingProblem('orders.>', 'eu.all')!, /must end in ">"/)
  t.regex(mappingProblem('orders.*', 'eu.>')!, /must not end in ">"/)
  t.regex(mappingProblem('orders.*', 'eu.$2')!, /one of the 1 wildcards .* \$2 is none/)
  t.regex(mappingProblem('orders.*', 'eu.*')!, /must be made of words/)
  t.regex(mappingProblem('orders.*', 'eu.{{partition(3,1)}}')!, /must be made of words/)
})

test('a message is followed through the mappings of its copies', (t) => {
  const copy = (name: string, origins: NonNullable<StreamPlan['copies']>['origins']): StreamPlan => ({
    ...orders,
    name,
    subjects: [],
    copies: { kind: 'sources', origins },
  })
  const streams = [
    orders,
    copy('EU', [{ stream: 'ORDERS', filter: 'orders.eu.>', to: 'eu.>' }]),
    copy('LAST', [{ stream: 'EU', filter: 'eu.*' }]),
  ]
  t.deepEqual(arrivals('orders.eu.a', 'LAST', streams), ['eu.a'])
  t.deepEqual(arrivals('orders.eu.a.b', 'EU', streams), ['eu.a.b'])
  t.deepEqual(arrivals('orders.eu.a.b', 'LAST', streams), [])
  t.deepEqual(arrivals('orders.us.a', 'EU', streams), [])
  t.deepEqual(arrivals('other', 'ORDERS', streams), [])
})

test('a message lands where the region maps it whose server takes it, and is mapped once', (t) => {
  const topology = v.parse(
    topologySchema,
    regions({
      a: { mappings: { 'orders.>': 'orders.us.>', 'audit.*': 'us.$1' } },
      b: { mappings: { 'orders.created': 'eu.new' } },
      c: {},
    }),
  )
  const land = landingOf(topology)
  for (const [region, subject, landed] of [
    ['a', 'orders.created', 'orders.us.created'],
    ['a', 'audit.login', 'us.login'],
    ['a', 'audit.login.now', 'audit.login.now'],
    ['b', 'orders.created', 'eu.new'],
    ['b', 'orders.changed', 'orders.changed'],
    ['c', 'orders.created', 'orders.created'],
    [undefined, 'orders.created', 'orders.created'],
  ] as const)
    t.is(land(subject, region), landed, `${region} ${subject}`)
  t.is(landingOf(v.parse(topologySchema, single()))('orders.created', undefined), 'orders.created')
})
