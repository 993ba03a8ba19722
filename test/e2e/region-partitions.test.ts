import test from 'ava'
import type { Report } from '../../lib/report/index.ts'
import { countOf, runScript } from './support.ts'

/** From test/e2e/scripts. */
const scenario = '../../../scripts/region-partitions.ts'

/** What holds however slow the machine is. */
function lostOf({ ledger }: Report): number {
  const { streams, consumers } = ledger!
  return [...streams, ...consumers].reduce((sum, { lost }) => sum + lost, 0)
}

/** The scenario that users run, compressed to 72 s; reconnecting takes what it takes. */
test.serial(
  'regions that are cut off one after the other go on, lose nothing, and are whole again by themselves',
  async (t) => {
    t.timeout(300_000, 'two attempts')
    const rate = 50
    for (let attempt = 1; ; attempt += 1) {
      const { report, finished, squall } = await runScript(t, scenario, ['--time-scale', '0.016'], {
        RATE: String(rate),
      })
      await squall.assertNothingLeft(t)
      t.is(lostOf(report), 0)
      for (const region of ['a', 'b']) t.is(countOf(report, 'publish_acked', { region }), rate * 72)
      t.is(countOf(report, 'publish_failed') + countOf(report, 'publish_indeterminate'), 0)
      t.deepEqual(
        report.faults.map(({ id, parts, intervention }) => [id, parts, intervention]),
        Array.from({ length: 7 }, (_, index) => [`cut#${index + 1}`, 'a | b', undefined]),
      )
      for (const { id, proof, appliedAt, healingAt } of report.faults) {
        t.regex(proof ?? '', /^18 directions silent, no route went around its proxy/, id)
        t.true(healingAt! > appliedAt!, id)
      }
      t.is(report.servers.length, 6)
      // How long things may take is a matter of the machine as well: it gets a second chance, what is lost never does.
      const missed = report.thresholds.filter(({ passed }) => !passed).map(({ selector }) => selector)
      if (missed.length > 0 && attempt === 1) {
        t.log(`attempt 1 did not hold ${missed.join(', ')}`)
        continue
      }
      t.is(finished.code, 0, finished.stdout)
      return
    }
  },
)
