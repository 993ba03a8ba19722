import test from 'ava'
import { clean, flow, padStart, textWidth, truncate, wrap } from '../../../lib/report/terminal/text.ts'

test('the width of a text is in columns', (t) => {
  const widths = {
    plain: 5,
    '12µs': 4,
    '–': 1,
    消費: 4,
    '🚀': 2,
    '👩‍👩‍👧': 2,
    'e\u0301': 1,
    '\x1b[31mred\x1b[39m': 3,
    '✓': 1,
    '━': 1,
  }
  for (const [text, width] of Object.entries(widths)) t.is(textWidth(text), width, text)
})

test('padding and cutting go by columns', (t) => {
  t.is(padStart('消費', 6), '  消費')
  t.is(truncate('消費者です', 6), '消費…')
  t.is(truncate('short', 6), 'short')
})

test('lines break between words, and inside those that are too long', (t) => {
  t.deepEqual(wrap('one two three', 8), ['one two', 'three'])
  t.deepEqual(wrap('abcdefghij k', 4), ['abcd', 'efgh', 'ij k'])
  t.deepEqual(wrap('  ', 4), [])
})

test('parts flow on to the next line', (t) => {
  t.deepEqual(flow(['aa', 'bb', 'cc'], ' · ', 7), ['aa · bb', 'cc'])
})

test('what others wrote is one line without escapes', (t) => {
  t.is(clean(' a\x1b[31mb\x1b[39m\n\tc\x00d '), 'ab c d')
  t.is(clean('fault\u202e \u2067DESSAP'), 'fault DESSAP')
})
