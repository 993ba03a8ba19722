import test from 'ava'
import { blockSize, cablesOf, freeBlock, rangeOf } from '../../lib/netns/cables.ts'

test('a region has a cable to its clients and one for each region that it has links with', (t) => {
  const block = rangeOf('198.18.0.64')!.first
  const cables = cablesOf({
    runId: '1a2b3c4d',
    regions: ['a', 'b', 'c'],
    pairs: [
      ['a', 'b'],
      ['a', 'c'],
    ],
    block,
  })
  t.deepEqual(
    cables.map(({ region, towards, inside, outside }) => [region, towards, inside, outside]),
    [
      ['a', undefined, 'clients', 'sq1a2b3c4d-0'],
      ['a', 'b', 'region-1', 'sq1a2b3c4d-01'],
      ['a', 'c', 'region-2', 'sq1a2b3c4d-02'],
      ['b', undefined, 'clients', 'sq1a2b3c4d-1'],
      ['b', 'a', 'region-0', 'sq1a2b3c4d-10'],
      ['c', undefined, 'clients', 'sq1a2b3c4d-2'],
      ['c', 'a', 'region-0', 'sq1a2b3c4d-20'],
    ],
  )
  t.like(cables[1], { outsideAddress: '198.18.0.66', insideAddress: '198.18.0.67' })
  const addresses = cables.flatMap(({ insideAddress, outsideAddress }) => [insideAddress, outsideAddress])
  t.is(new Set(addresses).size, addresses.length)
})

test('five regions that are all linked fit into one block, and their names into an interface’s', (t) => {
  const regions = ['a', 'b', 'c', 'd', 'e']
  const pairs = regions.flatMap((one, index) => regions.slice(index + 1).map((other) => [one, other] as const))
  const cables = cablesOf({ runId: 'ffffffff', regions, pairs, block: 0 })
  t.is(cables.length, 25)
  t.true(cables.length * 2 <= blockSize)
  t.true(cables.every(({ inside, outside }) => inside.length <= 15 && outside.length <= 15))
})

test('addresses that the machine has a route to are left alone', (t) => {
  const [first, second] = [rangeOf('198.18.0.0/16')!, rangeOf('198.19.0.0/16')!]
  t.is(
    freeBlock([], () => 0),
    first.first,
  )
  // Only what is asked for at last is free.
  let asked = 0
  const random = () => asked++ / 1_000
  const block = freeBlock([first], random)!
  t.true(block >= second.first && block <= second.last)
  const fallback = freeBlock([first, second], () => 0.5)!
  t.true(fallback >= rangeOf('10.0.0.0/8')!.first && fallback <= rangeOf('10.0.0.0/8')!.last)
  t.is(
    freeBlock([first, second, rangeOf('10.0.0.0/8')!], () => 0.5),
    undefined,
  )
})

test('ranges are read as `ip` writes them', (t) => {
  t.deepEqual(rangeOf('10.1.2.3/8'), { first: 10 * 2 ** 24, last: 11 * 2 ** 24 - 1 })
  t.deepEqual(rangeOf('0.0.1.0'), { first: 256, last: 256 })
  t.is(rangeOf('default'), undefined)
})
