import { connect } from 'node:net'
import test from 'ava'
import { PortBlocks } from '../../lib/topology/server/ports.ts'

const take = (blocks: PortBlocks, count: number) => Array.from({ length: count }, () => blocks.next())

test('two runs are never given the same port, however many they take', async (t) => {
  const [one, other] = [new PortBlocks(), new PortBlocks()]
  t.teardown(() => {
    one.release()
    other.release()
  })
  const given: number[] = []
  for (let time = 0; time < 20; time += 1) {
    await Promise.all([one.claim(), other.claim()])
    given.push(...take(one, 40), ...take(other, 40))
  }
  t.is(new Set(given).size, given.length)
  t.true(given.every((port) => port > 20_000 && port < 32_768))
})

test('where all are claimed, ports are given at random', async (t) => {
  // Ports that nobody else asks for: other tests run at the same time, and need blocks of their own.
  const range = { lowest: 19_000, end: 19_600 }
  const greedy = Array.from({ length: 6 }, () => new PortBlocks(range))
  t.teardown(() => {
    for (const each of greedy) each.release()
  })
  for (const each of greedy) await each.claim()
  const last = greedy.at(-1)!
  const given = take(last, 1_000)
  t.true(given.every((port) => port >= range.lowest && port < range.end))
  // Of the four blocks that there are, it has none.
  t.true(new Set(given).size < given.length)
})

test('whoever dials the port that holds a block is sent away', async (t) => {
  const blocks = new PortBlocks()
  t.teardown(() => blocks.release())
  await blocks.claim()
  const socket = connect(blocks.next() - 1, '127.0.0.1')
  await new Promise((resolve, reject) => socket.once('close', resolve).once('error', reject))
  t.true(socket.destroyed)
})
