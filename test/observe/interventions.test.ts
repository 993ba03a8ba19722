import test from 'ava'
import { interventionsIn } from '../../lib/observe/interventions.ts'
import { outages } from '../report/cluster-fixture.ts'

const well = outages()

test('an election is nobody’s business', (t) => {
  t.deepEqual(interventionsIn({ _meta_: outages([15, 19]) }, { n1: well, n2: outages([15, 21]), n3: well }), [])
})

test('a majority that was down: when, which nodes, and what to do', (t) => {
  const availability = { n1: outages([15, 21]), n2: outages([16, 22]), n3: well }
  t.deepEqual(interventionsIn({ ORDERS: outages([15, 23]) }, availability), [
    {
      group: 'ORDERS',
      from: 15_000,
      to: 23_000,
      down: ['n1', 'n2'],
      whatToDo: "start n1, n2 until more than half of the group's peers answer",
    },
  ])
})

test('quorum that never came back', (t) => {
  const down = { n1: outages([15]), n2: outages([15]), n3: well }
  const [found, ...others] = interventionsIn({ ORDERS: outages([15]) }, down)
  t.like(found, { from: 15_000, down: ['n1', 'n2'] })
  t.is(found!.to, undefined)
  t.is(others.length, 0)
  const [unreached] = interventionsIn({ ORDERS: outages([15]) }, { n1: well, n2: well, n3: well })
  t.like(unreached, { down: [], whatToDo: 'all nodes answer, so look at the routes between them' })
})
