import test from 'ava'
import { lanes } from '../../../lib/report/html/lanes.ts'
import { regionsReport } from '../regions-fixture.ts'

/** The lane of a and b whose state was this in each second. */
function laneOf(state: readonly (string | null)[]) {
  const report = regionsReport()
  const { observed } = report
  const regions = { 'a-b': { connected: [], state: [...state], roundTripMs: [] } }
  const at = state.map((_, index) => index * 1_000)
  const timeline = { ...observed!.timeline, at, nodes: {}, groups: {}, regions }
  const made = lanes({ ...report, durationMs: state.length * 1_000, observed: { ...observed!, timeline } })
  return made.find(({ title }) => title === 'a-b')!.spans
}

test('two regions have a lane that says when they were connected, and else what was wrong', (t) => {
  t.deepEqual(
    laneOf(['connected', 'connected', 'only a → b, listed', null, 'connected']).map(({ from, to, label, tone }) => [
      from,
      to,
      label,
      tone,
    ]),
    [
      [0, 2, 'connected', 'good'],
      [2, 3, 'only a → b, listed', 'bad'],
      [4, 5, 'connected', 'good'],
    ],
  )
})

test('a link that comes and goes for an hour is shown coarsely, and never better than it was', (t) => {
  const flapping = Array.from({ length: 4_000 }, (_, second) =>
    second < 30 || second % 2 === 0 ? 'connected' : 'apart',
  )
  const spans = laneOf(flapping)
  t.true(spans.length <= 1_500)
  t.deepEqual(
    spans.map(({ label }) => label),
    ['connected', 'apart'],
  )
})
