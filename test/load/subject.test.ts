import test from 'ava'
import { connect } from 'nats'
import { subjectsOverlap, takesInServersOwn } from '../../lib/load/index.ts'
import { makeServer } from '../topology/support.ts'

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

test('a stream may take in what nats-server lets it', async (t) => {
  const server = await makeServer(t)
  await server.start()
  // That old, it takes all of them.
  if (server.record().version.startsWith('2.9.')) return t.pass()
  const nats = await connect({ servers: server.address })
  t.teardown(() => nats.close())
  const { streams } = await nats.jetstreamManager({ timeout: 60_000 })
  const subjects = ['>', '*.>', '*.y', '*.y.>', '*.*', '*.a.b.c.d', '$JS.>', '$JS.*', '$JS.ACK.>', '$SYS.>', '$NRG.x']
  const fine = ['*', 'a.>', 'a.*', '$x.y', '$KV.b.>', '$JS.EVENT.>', '$JS.EVENT.ADVISORY.>', '$SYS.ACCOUNT.>']
  for (const subject of [...subjects, ...fine]) {
    const taken = await streams.add({ name: 'S', subjects: [subject] }).then(
      () => streams.delete('S'),
      () => false,
    )
    t.is(takesInServersOwn(subject), !taken, subject)
  }
})
