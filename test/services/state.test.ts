import test, { type ExecutionContext } from 'ava'
import { connect } from 'nats'
import { StateWatch } from '../../lib/services/index.ts'
import { differenceOf, worseKeys } from '../../lib/services/state-difference.ts'
import type { BucketState } from '../../lib/services/state-reading.ts'
import { startEngine, startRig } from '../topology/support.ts'

const bucket = (keys: Record<string, [revision: number, rising?: number]>): BucketState =>
  new Map(Object.entries(keys).map(([key, [revision, rising]]) => [key, { revision, rising }]))

test('keys that are gone, went back or fell are differences; new ones and those that went on are none', (t) => {
  const before = bucket({
    same: [1, 5],
    on: [2, 5],
    gone: [3, 5],
    back: [9],
    fell: [4, 57],
    garbled: [5, 8],
    plain: [6],
  })
  const after = bucket({ same: [1, 5], on: [12, 6], back: [2], fell: [13, 2], garbled: [14], plain: [15], fresh: [16] })
  const worse = worseKeys(before, after).map((key) => ({ key, text: differenceOf(before.get(key)!, after.get(key)) }))
  t.deepEqual(worse, [
    { key: 'gone', text: 'is gone; it was at revision 3' },
    { key: 'back', text: 'went back from revision 9 to 2' },
    { key: 'fell', text: 'went back from 57 to 2' },
    { key: 'garbled', text: 'has no number any more; it was 8' },
  ])
  t.deepEqual(worseKeys(new Map(), after), [])
})

async function startStore(t: ExecutionContext) {
  const { topology } = await startRig(t, await startEngine(t))
  const nats = await connect({ servers: topology.clientUrls.consumers[0]! })
  t.teardown(() => nats.close())
  return { nats, manager: await nats.jetstreamManager(), views: nats.jetstream().views }
}

test('what a service stores is compared look by look, and each difference is named once with the restart before it', async (t) => {
  const { nats, manager, views } = await startStore(t)
  const numbers = await views.kv('numbers')
  const routes = await views.kv('routes')
  await manager.streams.add({ name: 'DONE', subjects: ['done'] })
  const count = (key: string, last: number) => numbers.put(key, JSON.stringify({ last }))
  await count('k1', 3)
  await count('k2', 57)
  await routes.put('k1', 'here')
  await nats.jetstream().publish('done', '1')
  const watch = new StateWatch(
    { kv: [{ bucket: 'numbers', rising: 'last' }, { bucket: 'routes' }], streams: ['DONE'] },
    async () => nats,
  )
  await watch.look()
  // Under load all of it goes on.
  await count('k1', 4)
  await count('k3', 1)
  await nats.jetstream().publish('done', '2')
  await watch.lookAfter({ name: 'router-1', restarts: 1 })
  t.deepEqual([watch.findings.unread, watch.findings.count, watch.findings.looks], [undefined, 0, 2])

  await count('k2', 2)
  await routes.delete('k1')
  await manager.streams.delete('DONE')
  await manager.streams.add({ name: 'DONE', subjects: ['done'] })
  await watch.lookAfter({ name: 'router-2', restarts: 1 })
  // Asked for twice, looked at once; and told once.
  await watch.lookAfter({ name: 'router-2', restarts: 1 })
  await watch.look()
  t.deepEqual(watch.findings, {
    buckets: ['numbers', 'routes'],
    streams: ['DONE'],
    looks: 4,
    failedLooks: 0,
    differences: [
      'numbers: k2 went back from 57 to 2, after router-2 was restarted',
      'routes: k1 is gone; it was at revision 1, after router-2 was restarted',
      'stream DONE went back from sequence 2 to 0, after router-2 was restarted',
    ],
    count: 3,
  })

  await numbers.destroy()
  await watch.look()
  t.is(watch.findings.differences.at(-1), 'bucket numbers is not there any more, after router-2 was restarted')
})

test('what was never there is told, and what can not be read is no difference', async (t) => {
  const { nats, manager } = await startStore(t)
  const missing = new StateWatch({ kv: [{ bucket: 'nowhere' }], streams: ['NONE'] }, async () => nats)
  await missing.look()
  t.deepEqual(missing.findings.differences, [
    'bucket nowhere is not there, before any restart',
    'stream NONE is not there, before any restart',
  ])
  await manager.streams.add({ name: 'DONE', subjects: ['done'] })
  const away = new StateWatch({ kv: [], streams: ['DONE'] }, async () => {
    throw new Error('no server')
  })
  await away.look()
  t.like(away.findings, { looks: 0, failedLooks: 1, count: 0, unread: 'no server' })
})

// A look has 5 s, and shares the machine with those who write.
test('five thousand keys that are written all the while are each seen', async (t) => {
  const { nats, views } = await startStore(t)
  const numbers = await views.kv('numbers')
  const put = (key: number, last: number) => numbers.put(`k${key}`, JSON.stringify({ last }))
  const keys = Array.from({ length: 5_000 }, (_, key) => key)
  for (let from = 0; from < keys.length; from += 500) {
    await Promise.all(keys.slice(from, from + 500).map((key) => put(key, 1)))
  }
  let isOver = false
  const writing = (async () => {
    for (let last = 2; !isOver; last += 1) await Promise.all(keys.slice(0, 200).map((key) => put(key, last)))
  })()
  const watch = new StateWatch({ kv: [{ bucket: 'numbers', rising: 'last' }], streams: [] }, async () => nats)
  for (let look = 0; look < 5; look += 1) await watch.look()
  isOver = true
  await writing
  t.like(watch.findings, { looks: 5, failedLooks: 0, count: 0 })
})
