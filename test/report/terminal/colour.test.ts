import test from 'ava'
import { useColour, useUnicode } from '../../../lib/report/index.ts'

const terminal = { isTTY: true }
const pipe = {}

test('a terminal is coloured, a pipe is not', (t) => {
  t.true(useColour(terminal, { TERM: 'xterm' }))
  t.false(useColour(terminal, { TERM: 'dumb' }))
  t.false(useColour(pipe, {}))
})

test('NO_COLOR and FORCE_COLOR decide, the latter over the former', (t) => {
  t.false(useColour(terminal, { NO_COLOR: '1' }))
  t.true(useColour(terminal, { NO_COLOR: '' }))
  t.true(useColour(pipe, { FORCE_COLOR: '1' }))
  t.true(useColour(pipe, { FORCE_COLOR: '' }))
  t.true(useColour(pipe, { FORCE_COLOR: '1', NO_COLOR: '1' }))
  t.false(useColour(terminal, { FORCE_COLOR: '0' }))
})

test('the Linux console and old Windows ones get ASCII', (t) => {
  t.true(useUnicode({ TERM: 'xterm-256color' }, 'linux'))
  t.false(useUnicode({ TERM: 'linux' }, 'linux'))
  t.false(useUnicode({}, 'win32'))
  t.true(useUnicode({ WT_SESSION: 'x' }, 'win32'))
})
