import test from 'ava'
import { queueDepthsIn } from '../../lib/observe/queue-depths.ts'
import type { Round } from '../../lib/observe/sample.ts'
import { madeRound } from './rounds.ts'

/** What the nodes hold, each alone: name of the stream → last sequence. They are asked n1 first, 100 ms apart. */
function roundOf(at: number, held: Readonly<Record<string, Readonly<Record<string, number>>>>): Round {
  const round = madeRound(at)
  const nodes = round.nodes.map((sample) => {
    const [stream] = sample.server!.streams
    const streams = Object.entries(held[sample.node] ?? {}).map(([name, lastSeq]) => ({
      ...stream!,
      name,
      lastSeq,
      group: { leader: sample.node, size: 1, replicas: [] },
    }))
    return { ...sample, server: { ...sample.server!, streams } }
  })
  return { ...round, nodes }
}

const copy = { stream: 'COPY', region: 'b', origins: ['ORDERS'] }
const both = { stream: 'ALL', region: 'a', origins: ['ORDERS', 'EU'] }

test('a copy lacks what its origins hold beyond it, all of them together', (t) => {
  const round = roundOf(0, { n1: { ORDERS: 900 }, n2: { EU: 50 }, n3: { COPY: 860, ALL: 930 } })
  t.deepEqual(queueDepthsIn(round, undefined, [copy, both]), [
    { stream: 'COPY', region: 'b', messages: 40 },
    { stream: 'ALL', region: 'a', messages: 20 },
  ])
})

test('a copy that was asked before its origin is held against what that had a round ago', (t) => {
  const before = roundOf(0, { n1: { COPY: 100 }, n3: { ORDERS: 300 } })
  const round = roundOf(1_000, { n1: { COPY: 250 }, n3: { ORDERS: 500 } })
  t.deepEqual(queueDepthsIn(round, before, [copy]), [{ stream: 'COPY', region: 'b', messages: 50 }])
  t.deepEqual(queueDepthsIn(round, undefined, [copy]), [])
  const caughtUp = roundOf(1_000, { n1: { COPY: 310 }, n3: { ORDERS: 500 } })
  t.deepEqual(queueDepthsIn(caughtUp, before, [copy]), [{ stream: 'COPY', region: 'b', messages: 0 }])
})

test('nothing is said of a copy without a leader, nor of one whose origin has none', (t) => {
  t.deepEqual(queueDepthsIn(roundOf(0, { n1: { ORDERS: 900 } }), undefined, [copy]), [])
  t.deepEqual(queueDepthsIn(roundOf(0, { n3: { COPY: 900 } }), undefined, [copy]), [])
})
