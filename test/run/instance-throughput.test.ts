import test from 'ava'
import { InstanceThroughput } from '../../lib/run/recording/instance-throughput.ts'
import { webPlan } from '../services/support.ts'

test('answers are sorted by who gave them, and who gave none is told once somebody did', (t) => {
  const throughput = new InstanceThroughput([
    webPlan({ instances: 2 }),
    { ...webPlan({ instances: 1 }), name: 'other' },
  ])
  t.deepEqual(throughput.take(), [])
  const of = (instance: string) => ({ phase: 'a', window: 'baseline', service: 'web', instance })
  throughput.count('instance_requests', 3, of('web-2'))
  throughput.count('instance_requests', 4, { ...of('web-2'), window: 'fault' })
  throughput.count('http_requests', 9, of('web-1'))
  throughput.count('instance_requests', 9, { phase: 'a' })
  t.deepEqual(throughput.take(), [
    { service: 'web', instance: 'web-1', requests: 0 },
    { service: 'web', instance: 'web-2', requests: 7 },
  ])
  t.deepEqual(
    throughput.take().map(({ requests }) => requests),
    [0, 0],
  )
})
