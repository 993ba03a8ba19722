import test from 'ava'
import { runScript } from './support.ts'

test.serial('a cut that is bypassed after it was proved makes the run invalid', async (t) => {
  const { report, finished, squall } = await runScript(t, 'goes-around.ts', [], {}, /isolate#1 applied/)
  t.is(finished.code, 90, finished.stdout)
  t.regex(
    report.result.reasons[0]!,
    /^fault isolate#1 did not last: the cut is bypassed: n3 has a route to n1 at its real port \d+, around the proxy/,
  )
  const [cut] = report.faults
  t.is(cut!.parts, 'n3 | n1, n2')
  t.true(cut!.healedAt! > cut!.appliedAt!)
  t.true(report.result.reasons[0]!.endsWith(cut!.error!))
  await squall.assertNothingLeft(t)
})
