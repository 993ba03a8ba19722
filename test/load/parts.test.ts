import test from 'ava'
import { headers } from 'nats'
import { rememberBySubject, subjectMatches } from '../../lib/load/assets/subject.ts'
import { Bitmap } from '../../lib/load/ledger/bitmap.ts'
import { PayloadSource } from '../../lib/load/publish/payload.ts'
import { readStamp, type Stamp, stampHeader, stampText, writeStamp } from '../../lib/load/publish/stamp.ts'
import { deriveSeed, randomFrom } from '../../lib/measure/random.ts'

const blank = (): Stamp => ({ runId: 0, publisher: 0, sequence: 0, intended: 0 })
const stamp: Stamp = { runId: 0xdeadbeef, publisher: 3, sequence: 4_000_000_000, intended: 123_456.789_012 }

test('a stamp is read back from a payload and from a header', (t) => {
  const data = Buffer.alloc(200, 1)
  writeStamp(data, stamp)
  const fromPayload = blank()
  t.true(readStamp({ data }, stamp.runId, fromPayload))
  t.deepEqual(fromPayload, stamp)
  const carried = headers()
  carried.set(stampHeader, stampText(stamp))
  const fromHeader = blank()
  t.true(readStamp({ data: Buffer.from('{}'), headers: carried }, stamp.runId, fromHeader))
  t.deepEqual(fromHeader, stamp)
})

test('a message of another run, or of nobody, has no stamp', (t) => {
  const data = Buffer.alloc(64)
  t.false(readStamp({ data }, 1, blank()))
  writeStamp(data, stamp)
  t.false(readStamp({ data }, 1, blank()))
  t.false(readStamp({ data: Buffer.from('hello') }, stamp.runId, blank()))
})

test('payloads repeat for the same seed and number, and differ otherwise', (t) => {
  const source = new PayloadSource(9)
  t.deepEqual(source.make(300, 5), new PayloadSource(9).make(300, 5))
  t.notDeepEqual(source.make(300, 5), source.make(300, 6))
  t.notDeepEqual(source.make(300, 5), new PayloadSource(10).make(300, 5))
  t.is(source.make(3_000_000, 1).length, 3_000_000)
  t.is(source.make(0, 1).length, 0)
})

test('random numbers are uniform and repeat', (t) => {
  const random = randomFrom(1)
  const draws = Array.from({ length: 100_000 }, random)
  t.true(draws.every((draw) => draw >= 0 && draw < 1))
  t.true(Math.abs(draws.reduce((a, b) => a + b) / draws.length - 0.5) < 0.005)
  t.not(deriveSeed(1, 0), deriveSeed(1, 1))
  t.not(deriveSeed(1, 0), deriveSeed(2, 0))
})

test('a bitmap remembers what was added, however far out', (t) => {
  const bitmap = new Bitmap()
  for (const number of [0, 31, 32, 1_000_000]) {
    t.false(bitmap.has(number))
    t.true(bitmap.add(number))
    t.false(bitmap.add(number))
    t.true(bitmap.has(number))
  }
  t.false(bitmap.has(999_999))
})

test('subjects match as NATS has it', (t) => {
  const yes = [
    ['orders.created', 'orders.created'],
    ['orders.*', 'orders.created'],
    ['orders.>', 'orders.a.b'],
    ['>', 'a'],
    ['*.b.*', 'a.b.c'],
  ]
  const no = [
    ['orders.*', 'orders'],
    ['orders.>', 'orders'],
    ['orders.*', 'orders.a.b'],
    ['orders.created', 'orders.creates'],
    ['a.b', 'a'],
  ]
  for (const [pattern, subject] of yes) t.true(subjectMatches(pattern!, subject!), `${pattern} ${subject}`)
  for (const [pattern, subject] of no) t.false(subjectMatches(pattern!, subject!), `${pattern} ${subject}`)
})

test('an answer is asked for once a subject, and memory is bounded', (t) => {
  let asked = 0
  const answer = rememberBySubject((subject) => {
    asked += 1
    return subject.length
  }, 2)
  for (const subject of ['a', 'bb', 'a', 'bb', 'ccc', 'ccc']) t.is(answer(subject), subject.length)
  t.is(asked, 4)
})
