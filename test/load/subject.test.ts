import test from 'ava'
import { subjectsOverlap } from '../../lib/load/index.ts'

// What nats-server 2.9.10 and 2.15.2 say of two subjects of one stream, tried with both.
const overlapping = [
  ['a', 'a'],
  ['a.*', 'a.b'],
  ['x.a.*', 'x.*.b'],
  ['a.>', 'a.b'],
  ['a.>', 'a.b.c'],
  ['x.*.b', 'x.a.>'],
]
const apart = [
  ['a', 'b'],
  ['a', 'a.b'],
  ['a.>', 'a'],
  ['a.*', 'a'],
  ['a.*', 'a.b.c'],
  ['a.*', 'b.*'],
  ['a.>', 'b.>'],
  ['x.*.a', 'x.*.b'],
]

test('two subjects overlap when a message may match both, whichever is named first', (t) => {
  for (const [one, other] of overlapping) {
    t.true(subjectsOverlap(one!, other!), `${one} ${other}`)
    t.true(subjectsOverlap(other!, one!), `${other} ${one}`)
  }
  for (const [one, other] of apart) {
    t.false(subjectsOverlap(one!, other!), `${one} ${other}`)
    t.false(subjectsOverlap(other!, one!), `${other} ${one}`)
  }
})
