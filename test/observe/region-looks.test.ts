import test from 'ava'
import { History } from '../../lib/observe/index.ts'
import { Directions } from '../../lib/observe/probe-directions.ts'
import { type RegionLayout, regionLooks } from '../../lib/observe/region-looks.ts'
import { regionState } from '../../lib/observe/region-timeline.ts'
import { madeLook } from './region-rounds.ts'
import { madeRound } from './rounds.ts'

test('two regions are connected when both list the link and messages cross both ways; else it is said what is wrong', (t) => {
  const seen = (...of: Parameters<typeof madeLook>) => {
    const look = madeLook(...of)
    return [look.connected, regionState(look)]
  }
  t.deepEqual(seen(0), [true, 'connected'])
  t.deepEqual(seen(0, { listed: [true, false] }), [false, 'not listed by b'])
  t.deepEqual(seen(0, { heard: [0, undefined] }), [false, 'only a → b, listed'])
  t.deepEqual(seen(0, { heard: [undefined, 0] }), [false, 'only b → a, listed'])
  t.deepEqual(seen(0, { heard: [undefined, undefined] }), [false, 'nothing crosses, listed'])
  t.deepEqual(seen(0, { heard: [undefined, undefined], listed: [false, false] }), [
    false,
    'nothing crosses, not listed by a, b',
  ])
})

test('leafnodes: two spokes are linked if both are with the hub; a server that tells no name may be any', (t) => {
  const spokes: RegionLayout = {
    via: 'leafnodes',
    regions: ['a', 'b', 'c'].map((name, index) => ({ name, nodes: [`n${index + 1}`] })),
  }
  const unknown = { crossed: undefined, first: undefined, last: undefined }
  const listed = (hub: readonly (string | undefined)[], ofB: readonly string[]) => {
    const round = madeRound(0, { n1: { across: hub }, n2: { across: ofB }, n3: { across: ['n1'] } })
    const looks = regionLooks(spokes, round, () => ({ crossings: [unknown, unknown], roundTrips: [], servers: [] }))
    return looks.map((look) => `${look.between} ${look.connected}`)
  }
  t.deepEqual(listed(['n2', 'n3'], ['n1']), ['a-b true', 'a-c true', 'b-c true'])
  t.deepEqual(listed(['n3'], ['n1']), ['a-b false', 'a-c true', 'b-c false'])
  t.deepEqual(listed(['n2', 'n3'], []), ['a-b false', 'a-c true', 'b-c false'])
  t.deepEqual(listed([undefined], ['n1']), ['a-b true', 'a-c true', 'b-c true'])
})

test('a probe whose server does not answer is no witness', (t) => {
  const silent = { heard: [undefined, undefined] as const }
  t.false(madeLook(0, silent).connected)
  const look = madeLook(0, { ...silent, answers: false })
  t.true(look.connected)
  t.deepEqual(look.crossings[0].crossed, undefined)
})

test('what is sent four times and never heard does not cross; who has no server knows nothing', (t) => {
  const directions = new Directions(['a', 'b'])
  const crossed = (at = 0) => directions.take('a', 'b', at).crossed
  const sent = (times: number) => {
    for (let time = 0; time < times; time += 1) directions.sent('a')
  }
  t.is(crossed(), undefined)
  directions.joined('a', 0)
  directions.joined('b', 0)
  // Interest spreads.
  sent(10)
  t.is(crossed(4_000), undefined)
  t.is(crossed(6_000), false)
  directions.heard('a', 'b', 6_100)
  t.false(directions.areHeard)
  t.deepEqual(directions.take('a', 'b', 6_200), { crossed: true, first: 6_100, last: 6_100 })
  sent(3)
  t.is(crossed(), true)
  sent(1)
  t.is(crossed(), false)
  t.is(directions.take('b', 'a', 6_300).crossed, undefined)
  directions.heard('b', 'a', 6_350)
  t.true(directions.areHeard)
  directions.left('b')
  t.is(crossed(), undefined)
  directions.joined('b', 9_000)
  t.is(crossed(), undefined)
  sent(4)
  t.is(crossed(), false)
})

test('over time: a share of looks, the worst state, the longest of the median round trips, and when they were apart', (t) => {
  const history = new History([], 0)
  const apart = { heard: [undefined, undefined] as const }
  const seen = (at: number, ...of: Parameters<typeof madeLook>[1][]) => {
    for (const look of of) {
      history.add(madeRound(at))
      history.addRegions(at, [madeLook(at, look)])
    }
  }
  seen(100, { roundTrips: [80, 20, 21] }, { ...apart, roundTrips: [30] })
  seen(1_100, apart)
  seen(2_100, {})
  t.deepEqual(history.timeline().regions, {
    'a-b': {
      connected: [0.5, 0, 1],
      state: ['nothing crosses, listed', 'nothing crosses, listed', 'connected'],
      roundTripMs: [30, null, null],
    },
  })
  t.deepEqual(history.connectivity['a-b']!.spans, [{ from: 100, to: 2_100 }])
})
