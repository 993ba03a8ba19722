import test from 'ava'
import { type Window, WindowTrack, windowLabel } from '../../lib/measure/index.ts'

const slow: Window = { kind: 'fault', faults: ['slow'] }
const after: Window = { kind: 'recovery', faults: ['slow'] }
const calm: Window = { kind: 'baseline', faults: [] }

function track(): WindowTrack {
  const windows = new WindowTrack()
  windows.open(100, slow)
  windows.open(200, after)
  windows.open(300, calm)
  return windows
}

const label = (windows: WindowTrack, from: number) => windowLabel(windows.windows[windows.indexSince(from)]!)

test('an operation belongs to the most severe window it overlapped', (t) => {
  const windows = track()
  t.is(label(windows, 350), 'baseline')
  t.is(label(windows, 250), 'recovery slow')
  t.is(label(windows, 150), 'fault slow')
  t.is(label(windows, 50), 'fault slow')
})

test('an operation that ended before the fault stays in the baseline', (t) => {
  const windows = new WindowTrack()
  t.is(label(windows, 50), 'baseline')
  windows.open(100, slow)
  t.is(label(windows, 100), 'fault slow')
  t.is(label(windows, 99), 'fault slow')
})

test('a window that comes again is the same window', (t) => {
  const windows = track()
  windows.open(400, slow)
  t.is(windows.windows.length, 3)
  t.is(windowLabel(windows.windows[windows.current]!), 'fault slow')
})
