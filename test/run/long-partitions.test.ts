import test from 'ava'
import { interventionFor } from '../../lib/run/long-partitions.ts'
import { clusterFaults } from '../report/cluster-fixture.ts'

const partition = { ...clusterFaults.find(({ fault }) => fault.kind === 'partition')!, id: 'cut#1', parts: 'b | a' }
const minute = 60_000
const lasting = (ms: number, plannedMs: number) => ({ ...partition, plannedMs, appliedAt: 1_000, healedAt: 1_000 + ms })

test('a partition that is planned to last more than five minutes is for somebody to mend, however much it is compressed', (t) => {
  t.is(
    interventionFor(lasting(6 * minute, 6 * minute), 1),
    'cut#1, b | a, was planned to last 6m; what lasts longer than 5m is not waited out',
  )
  t.is(
    interventionFor(lasting(7_200, 7_200), 0.02),
    'cut#1, b | a, was planned to last 6m (7.2s at time scale 0.02); what lasts longer than 5m is not waited out',
  )
})

test('so is one that lasted longer than that, and nothing else is', (t) => {
  t.regex(
    interventionFor(lasting(5.5 * minute, 3 * minute), 1)!,
    /^cut#1, b \| a, lasted 5m30s, and was planned to last 3m/,
  )
  t.is(interventionFor(lasting(5 * minute + 500, 5 * minute), 1), undefined)
  t.is(interventionFor(lasting(3 * minute, 3 * minute), 1), undefined)
  const [kill] = clusterFaults
  t.is(interventionFor({ ...kill!, plannedMs: 10 * minute }, 1), undefined)
})
