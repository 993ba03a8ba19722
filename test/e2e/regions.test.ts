import test from 'ava'
import { countOf, runScript } from './support.ts'

test.serial('leafnodes: a region is cut off for 4 s, and the other one acks all the while', async (t) => {
  const { report, finished, squall } = await runScript(t, 'region-cut.ts')
  t.is(finished.code, 0, finished.stdout)
  t.is(report.ledger!.acked, 1_600)
  t.is(countOf(report, 'publish_failed') + countOf(report, 'publish_indeterminate'), 0)
  const [cut] = report.faults
  t.deepEqual(cut!.targets, ['leafnode-b1-a1'])
  t.truthy(cut!.proof)
  await squall.assertNothingLeft(t)
})

test.serial('regions that go around their proxies make the run invalid', async (t) => {
  const { report, finished } = await runScript(t, 'region-cut.ts', [], { PROTECT: 'no' })
  t.is(finished.code, 90, finished.stdout)
  t.regex(report.result.reasons.join('\n'), /leafnode to a1 at its real port \d+, around the proxy/)
})

for (const via of ['leafnodes', 'gateways']) {
  test.serial(
    `${via}: while they are apart both regions ack, and what was queued reaches the copies' consumers`,
    async (t) => {
      const { report, finished, squall } = await runScript(t, 'region-copies.ts', [], { VIA: via })
      t.is(finished.code, 0, finished.stdout)
      t.is(countOf(report, 'publish_acked', { region: 'a' }), 2_000)
      t.is(countOf(report, 'publish_acked', { region: 'b' }), 2_000)
      const { consumers, streams } = report.ledger!
      t.deepEqual(
        consumers.map(({ consumer, expected, received, lost }) => ({ consumer, expected, received, lost })),
        [
          { consumer: 'near', expected: 2_000, received: 2_000, lost: 0 },
          { consumer: 'far', expected: 2_000, received: 2_000, lost: 0 },
          { consumer: 'all', expected: 4_000, received: 4_000, lost: 0 },
        ],
      )
      t.deepEqual(
        streams.map(({ stream, verdict, outOfOrder }) => ({ stream, verdict, outOfOrder })),
        [
          { stream: 'ORDERS', verdict: 'pass', outOfOrder: 0 },
          { stream: 'ORDERS_B', verdict: 'pass', outOfOrder: 0 },
        ],
      )
      await squall.assertNothingLeft(t)
    },
  )
}
