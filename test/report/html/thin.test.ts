import test from 'ava'
import type { Panel } from '../../../lib/report/html/chart-data.ts'
import { thinned } from '../../../lib/report/html/thin.ts'

const at = Array.from({ length: 900 }, (_, index) => index)
const spread = { lowest: 0, median: 449, highest: 899 }
const panel = (unit: Panel['unit'], values: (number | null)[], lines = 1): Panel => ({
  id: 'a',
  part: 'timeline',
  title: 'A',
  about: 'About.',
  unit,
  log: false,
  at,
  lines: Array.from({ length: lines }, (_, index) => ({ label: `${index}`, tone: '1', values, spread })),
})

test('what fits is left as it is', (t) => {
  const few = [panel('time', at)]
  t.deepEqual(thinned(few), few)
})

test('where there are too many values, the highest of merged ones stands for them, and the mean of rates', (t) => {
  const values = at.map((second) => (second >= 3 && second < 6 ? null : second))
  const [time, rate] = thinned([panel('time', values, 150), panel('perSecond', values, 150)])
  t.deepEqual(time!.at.slice(0, 3), [0, 3, 6])
  t.deepEqual(time!.lines[0]!.values.slice(0, 3), [2, null, 8])
  t.deepEqual(rate!.lines[149]!.values.slice(0, 3), [1, null, 7])
  t.is(time!.about, 'About. Each point stands for 3s: the highest in them.')
  t.is(rate!.about, 'About. Each point stands for 3s: their mean.')
})
