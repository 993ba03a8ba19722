import test from 'ava'
import { percent } from '../../lib/report/numbers.ts'

test('a share is rounded down by its digits, not by how a computer multiplies', (t) => {
  for (let total = 1; total <= 200; total += 1) {
    for (let count = 0; count <= total; count += 1) {
      t.is(
        percent(count / total),
        `${Number((BigInt(count) * 10_000n) / BigInt(total)) / 100}%`,
        `${count} of ${total}`,
      )
    }
  }
  t.is(percent(999_999 / 1_000_000), '99.99%')
})
