import test from 'ava'
import {
  consumerLeaderIn,
  type GroupView,
  type JetStreamView,
  metaLeaderIn,
  streamLeaderIn,
} from '../../lib/topology/index.ts'

const group = (leader: string | undefined, size = 3): GroupView => ({ leader, size, replicas: [] })

/** What each node says of who leads: of the meta group, of stream S and of its consumer D alike. */
function views(said: Readonly<Record<string, GroupView>>): JetStreamView[] {
  return Object.entries(said).map(([node, meta]) => ({
    node,
    meta,
    streams: [
      {
        name: 'S',
        group: meta,
        messages: 0,
        firstSeq: 0,
        lastSeq: 0,
        deleted: 0,
        bytes: 0,
        consumers: [{ name: 'D', group: meta, pending: 0 }],
      },
    ],
  }))
}

for (const [what, said, leader] of [
  ['all agree', { n1: group('n2'), n2: group('n2'), n3: group('n2') }, 'n2'],
  ['one is down', { n1: group('n2'), n2: group('n2') }, 'n2'],
  ['the old leader is cut off and does not know', { n1: group('n1'), n2: group('n3'), n3: group('n3') }, 'n3'],
  ['the others have not elected yet', { n1: group('n1'), n2: group(undefined), n3: group(undefined) }, undefined],
  ['followers still name one that is dead', { n2: group('n1'), n3: group('n1') }, undefined],
  ['the leader is all that is left', { n1: group('n1') }, undefined],
  ['half of four is no majority', { n1: group('n1', 4), n2: group('n1', 4) }, undefined],
  ['there is no other', { n1: group('n1', 1) }, 'n1'],
  ['one has just started', { n1: group(undefined), n2: group('n2'), n3: group('n2') }, 'n2'],
  ['the only one that answers has just started', { n1: group(undefined) }, undefined],
  ['nobody answers', {}, undefined],
] as const) {
  test(`who leads when ${what}`, (t) => {
    const seen = views(said)
    t.is(metaLeaderIn(seen), leader)
    t.is(streamLeaderIn(seen, 'S'), leader)
    t.is(consumerLeaderIn(seen, 'S', 'D'), leader)
  })
}

test('what is not there has no leader', (t) => {
  const seen = views({ n1: group('n1', 1) })
  t.is(streamLeaderIn(seen, 'T'), undefined)
  t.is(consumerLeaderIn(seen, 'S', 'E'), undefined)
})
