import test from 'ava'
import { show } from '../../lib/show.ts'
import { suggest } from '../../lib/suggest.ts'

test('a suggestion is the nearest word, and none when none is near', (t) => {
  const words = ['duration', 'rate', 'stages', 'vus', 'iterations']
  for (const [word, meant] of [
    ['durration', 'duration'],
    ['DURATION', 'duration'],
    ['raet', 'rate'],
    ['rat', 'rate'],
    ['stage', 'stages'],
    ['vu', 'vus'],
    ['iteration', 'iterations'],
    ['colour', undefined],
    ['', undefined],
  ] as const) {
    t.is(suggest(word, words), meant, word)
  }
  t.is(suggest('rtae', words, 1), 'rate')
  t.is(suggest('rtaes', words, 1), undefined)
  t.is(suggest('rate', []), undefined)
})

test('a value is shown as it is written, on one line and cut short', (t) => {
  const circular: { self?: unknown } = {}
  circular.self = circular
  for (const [value, text] of [
    ['it\'s "so"', '"it\'s \\"so\\""'],
    [Number.NaN, 'NaN'],
    [-0, '-0'],
    [5n, '5n'],
    [undefined, 'undefined'],
    [Symbol('s'), 'Symbol(s)'],
    [() => 5, 'a function'],
    [{ delay: '5ms', of: { what: { ever: 1 } } }, "{ delay: '5ms', of: { what: [Object] } }"],
    [[1, [2, [3]]], '[ 1, [ 2, [Array] ] ]'],
    [circular, '<ref *1> { self: [Circular *1] }'],
    [Object.create(null), '[Object: null prototype] {}'],
    ['x'.repeat(100), `"${'x'.repeat(58)}…`],
  ] as const) {
    t.is(show(value), text)
  }
})

test('showing a value calls nothing of its own', (t) => {
  const value = {
    get a(): never {
      throw new Error('called')
    },
    toJSON(): never {
      throw new Error('called')
    },
    toString(): never {
      throw new Error('called')
    },
  }
  t.notThrows(() => show(value))
})
