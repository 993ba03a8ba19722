import test from 'ava'
import { mapSubject } from '../../lib/load/assets/subject-mapping.ts'
import type { StreamPlan } from '../../lib/load/index.ts'
import { Rig } from './ledger-rig.ts'
import { orders } from './orders.ts'

const copyOf = (name: string, kind: 'mirror' | 'sources', stream: string): StreamPlan => ({
  ...orders,
  name,
  subjects: [],
  copies: { kind, origins: [{ stream }] },
})
const copies = [
  copyOf('MIRROR', 'mirror', 'ORDERS'),
  copyOf('SOURCED', 'sources', 'ORDERS'),
  copyOf('ONWARD', 'sources', 'MIRROR'),
  copyOf('LAST', 'mirror', 'SOURCED'),
]
const clean = { verdict: 'pass', lost: 0, queued: 0, duplicate: 0, outOfOrder: 0, unexpected: 0, outlived: 0 }

test('copies, and copies of copies, are followed to the last message; one deleted on the way is named', async (t) => {
  const rig = await Rig.start(t, {}, copies)
  await rig.publishMany(5_000)
  await rig.awaitCopies()
  const before = (await rig.judge()).paths!
  t.deepEqual(before.map(({ path }) => path.join(' ')).sort(), [
    'ORDERS MIRROR',
    'ORDERS MIRROR ONWARD',
    'ORDERS SOURCED',
    'ORDERS SOURCED LAST',
  ])
  for (const path of before) t.like(path, { ...clean, offered: 5_000, copied: 5_000, notes: [] })
  await rig.manager.streams.deleteMessage('MIRROR', 1_001)
  for (const last of [4_999, 5_000]) await rig.manager.streams.deleteMessage('SOURCED', last)
  const after = (await rig.judge()).paths!
  const of = (name: string) => after.find(({ path }) => path.join(' ') === name)!
  t.like(of('ORDERS MIRROR'), { ...clean, verdict: 'fail', lost: 1 })
  t.like(of('ORDERS MIRROR').examples.lost![0], { sequence: 1_000, originSequence: 1_001 })
  t.like(of('ORDERS SOURCED'), { ...clean, verdict: 'fail', lost: 2 })
  // What came after them has what they had.
  t.like(of('ORDERS MIRROR ONWARD'), { ...clean, outlived: 1, offered: 4_999 })
  t.like(of('ORDERS SOURCED LAST'), { ...clean, outlived: 2, offered: 4_998 })
})

test('a copy takes what its filter takes, under the subject that its mapping gives it', async (t) => {
  const part: StreamPlan = {
    ...orders,
    name: 'PART',
    subjects: [],
    copies: { kind: 'sources', origins: [{ stream: 'ORDERS', filter: 'orders.eu.*', to: 'eu.$1.orders' }] },
  }
  const mirror = (filter: string): StreamPlan => ({
    ...part,
    name: 'SHARE',
    copies: { kind: 'mirror', origins: [{ stream: 'ORDERS', filter }] },
  })
  const rig = await Rig.start(t, {}, [part, mirror('orders.us.>')])
  for (let count = 0; count < 60; count += 1)
    await rig.publish({ size: 64 }, undefined, count % 3 === 0 ? 'orders.eu.paid' : 'orders.us.paid')
  await rig.awaitCopies()
  const [first, second] = (await rig.judge()).paths!
  t.like(first, { ...clean, path: ['ORDERS', 'PART'], offered: 20, copied: 20 })
  t.like(second, { ...clean, path: ['ORDERS', 'SHARE'], offered: 40, copied: 40 })
  t.is((await rig.manager.streams.getMessage('PART', { seq: 1 })).subject, 'eu.paid.orders')
  t.is(mapSubject(part.copies!.origins[0]!, 'orders.eu.paid'), 'eu.paid.orders')
  await rig.manager.streams.deleteMessage('PART', 2)
  const [lost] = (await rig.judge()).paths!
  t.like(lost, { ...clean, verdict: 'fail', lost: 1 })
  t.like(lost!.examples.lost![0], { sequence: 3, originSequence: 4 })
})

test('a purge of a copy loses all of it, and what is published meanwhile comes', async (t) => {
  const rig = await Rig.start(t, {}, copies.slice(0, 2))
  await rig.publishMany(300)
  await rig.awaitCopies()
  for (const name of ['MIRROR', 'SOURCED']) await rig.manager.streams.purge(name)
  for (const path of (await rig.judge()).paths!) t.like(path, { ...clean, verdict: 'fail', lost: 300, copied: 0 })
  await rig.publishMany(50)
  await rig.awaitCopies()
  for (const path of (await rig.judge()).paths!) t.like(path, { ...clean, verdict: 'fail', lost: 300, copied: 50 })
})

test('a copy whose origin can not be reached has everything queued', async (t) => {
  const rig = await Rig.start(t)
  const plan = copyOf('AWAY', 'mirror', 'ORDERS')
  await rig.manager.streams.add({
    name: 'AWAY',
    mirror: { name: 'ORDERS', external: { api: '$JS.nowhere.API', deliver: '' } },
  })
  await rig.publishMany(40)
  const { paths } = await rig.judge(undefined, [...rig.plans, plan])
  t.like(paths![0], { ...clean, verdict: 'unknown', queued: 40, copied: 0 })
  t.deepEqual(paths![0]!.notes, ['40 messages still queued for the copy when the drain ended'])
  t.like(paths![0]!.examples.queued![0], { sequence: 0, originSequence: 1 })
})
