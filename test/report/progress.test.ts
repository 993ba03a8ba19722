import { PassThrough } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import test from 'ava'
import { Progress, type ProgressState, renderProgress, renderProgressLine } from '../../lib/report/index.ts'
import { textWidth } from '../../lib/report/terminal/text.ts'
import { Screen } from './screen.ts'

const state: ProgressState = {
  stage: 'load',
  phases: [
    { name: 'baseline', durationMs: 10_000 },
    { name: 'faults', durationMs: 20_000 },
    { name: 'recovery', durationMs: 10_000 },
  ],
  phaseIndex: 1,
  phaseElapsedMs: 5_700,
  totalElapsedMs: 15_700,
  totalMs: 40_000,
  targetRate: 200,
  rate: 198.6,
  p50: 2.31,
  p99: 54.6,
  inFlight: 12,
  failed: 0,
  indeterminate: 3,
  dropped: 0,
  errors: 0,
  fault: 'fault slow',
}

const { fault: _, ...calm } = state
const view = { width: 80, colour: false }

test('live progress under a fault', (t) => {
  t.deepEqual(renderProgress(state, view), [
    'faults 2/3  ━━━━━━━━━─────────────────────  5s/20s of 40s',
    '198.6/s of 200/s  p99 54.6ms  p50 2.31ms  12 in flight',
    'fault slow  0 failed  3 indeterminate  0 errors  0 dropped',
  ])
})

test('live progress in colour', (t) => {
  const lines = renderProgress(state, { ...view, colour: true })
  t.deepEqual(lines.map(stripVTControlCharacters), renderProgress(state, view))
  t.true(lines[0]!.startsWith('\x1b[1mfaults 2/3\x1b[22m  \x1b[35m━'))
  t.true(lines[2]!.startsWith('\x1b[35mfault slow\x1b[39m  \x1b[2m0 failed\x1b[22m  \x1b[33m3 indeterminate\x1b[39m'))
  t.true(renderProgress(calm, { ...view, colour: true })[0]!.includes('\x1b[32m━'))
})

test('live progress in ASCII', (t) => {
  t.is(
    renderProgress(calm, { ...view, unicode: false })[0],
    'faults 2/3  =========---------------------  5s/20s of 40s',
  )
})

test('narrow views leave out the least and never overflow', (t) => {
  t.deepEqual(renderProgress(state, { width: 40, colour: false }), [
    'faults 2/3  ━━━━─────────  5s/20s of 40s',
    '198.6/s of 200/s  p99 54.6ms  p50 2.31ms',
    'fault slow  0 failed  3 indeterminate',
  ])
  const long = {
    ...state,
    phases: [{ name: '消費者'.repeat(30), durationMs: 1 }],
    phaseIndex: 0,
    fault: 'x'.repeat(300),
  }
  for (let width = 10; width <= 120; width += 1) {
    for (const shown of [state, long]) {
      for (const line of renderProgress(shown, { width, colour: true })) t.true(textWidth(line) <= width)
    }
  }
})

test('a stage that is not the load is told in words', (t) => {
  t.deepEqual(renderProgress({ ...calm, stage: 'starting' }, view), ['starting the topology'])
  t.is(renderProgress({ ...calm, stage: 'draining' }, view)[0], 'consumers are reading what is left  15s')
})

test('a closed loop has no target, an empty second no percentiles', (t) => {
  const { targetRate: _target, p50: _p50, p99: _p99, ...rest } = calm
  t.is(renderProgress(rest, view)[1], '198.6/s  p99 –  p50 –  12 in flight')
})

test('a plain line', (t) => {
  t.is(
    renderProgressLine(state),
    '  15s  faults 2/3  198.6/s of 200/s  p99 54.6ms  p50 2.31ms  12 in flight  0 failed  3 indeterminate  fault slow',
  )
  t.is(renderProgressLine({ ...state, stage: 'starting' }), 'starting the topology')
})

test('a terminal is repainted in place, and left clean', async (t) => {
  const screen = new Screen()
  const progress = new Progress(screen, { colour: false, unicode: true })
  const began = performance.now()
  progress.update(state)
  t.deepEqual(screen.lines, renderProgress(state, { width: 79, colour: false }))
  t.false(screen.cursorShown)

  const later = { ...calm, phaseElapsedMs: 9_000, indeterminate: 5 }
  progress.update(later)
  const { lines } = screen
  // Unless this process stood still for so long.
  if (performance.now() - began < 100) {
    t.deepEqual(lines, renderProgress(state, { width: 79, colour: false }), 'not more often than ten times a second')
  }
  await until(() => screen.written.includes('5 indeterminate'))
  t.deepEqual(screen.lines, renderProgress(later, { width: 79, colour: false }))

  progress.log('slow#1 healed')
  t.deepEqual(screen.lines, ['slow#1 healed', ...renderProgress(later, { width: 79, colour: false })])

  progress.end()
  progress.end()
  t.deepEqual(screen.lines, ['slow#1 healed'])
  t.true(screen.cursorShown)
  t.is(screen.listenerCount('resize'), 0)
  progress.update(state)
  progress.log('too late')
  t.deepEqual(screen.lines, ['slow#1 healed'])
})

test('a terminal made narrower holds no remains of what was wider', (t) => {
  const screen = new Screen(100)
  const progress = new Progress(screen, { colour: false, unicode: true })
  progress.log('before')
  progress.update(state)
  screen.resize(30)
  t.deepEqual(screen.lines, ['before', ...renderProgress(state, { width: 29, colour: false })])
  screen.resize(100)
  t.deepEqual(screen.lines, ['before', ...renderProgress(state, { width: 99, colour: false })])
  progress.end()
  t.deepEqual(screen.lines, ['before'])
})

test('elsewhere a plain line for each change of stage, phase and fault, and no escapes', (t) => {
  const log = new PassThrough()
  const progress = new Progress(log)
  const first = { ...calm, phaseIndex: 0, stage: 'starting' as const }
  progress.update(first)
  progress.update({ ...first, totalElapsedMs: 900 })
  const at = (totalElapsedMs: number, of: ProgressState = calm) => ({ ...of, totalElapsedMs })
  // A change of phase or fault is told once there is a second of it, one line for those that come together.
  progress.update(at(0, { ...first, stage: 'load' }))
  progress.update(at(1_000, { ...first, stage: 'load' }))
  progress.update(at(10_000))
  progress.update(at(10_300, state))
  progress.update(at(11_000, state))
  progress.update(at(11_200, state))
  progress.log('slow#1 healed')
  progress.update(at(13_000))
  progress.update(at(13_500, state))
  progress.update(at(14_000))
  progress.update(at(14_100, { ...calm, stage: 'draining' }))
  progress.end()
  t.deepEqual(String(log.read()).split('\n'), [
    'starting the topology',
    renderProgressLine(at(1_000, { ...first, stage: 'load' })),
    renderProgressLine(at(11_000, state)),
    'slow#1 healed',
    renderProgressLine(at(14_000)),
    renderProgressLine(at(14_100, { ...calm, stage: 'draining' })),
    '',
  ])
})

test('quiet is quiet', (t) => {
  const screen = new Screen()
  const progress = new Progress(screen, { quiet: true })
  progress.update(state)
  progress.log('slow#1 healed')
  progress.end()
  t.is(screen.written, '')
})

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5))
}
