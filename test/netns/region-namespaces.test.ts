import { readlink } from 'node:fs/promises'
import { oneWay, partition, region } from '../../lib/faults/index.ts'
import { until } from '../topology/support.ts'
import { clientIn, crossed, hearing, occurrence, start, unnoticing } from './rig.ts'
import { interfacesOf, netnsTest, planned } from './support.ts'

netnsTest('each region has a namespace, is reached through its proxies alone, and is gone afterwards', async (t) => {
  const rig = await start(t, planned({ a: 2, b: 1, c: 1 }), 'netns')
  const { topology, namespaces, runId } = rig
  const here = await readlink('/proc/self/ns/net')
  const where = await Promise.all(topology.nodes.map(({ pid }) => readlink(`/proc/${pid}/ns/net`)))
  t.is(where[0], where[1])
  t.is(new Set([here, ...where]).size, 4)
  t.deepEqual(
    (await interfacesOf(runId)).sort(),
    ['0', '01', '02', '1', '10', '2', '20'].map((end) => `sq${runId}-${end}`),
  )
  t.deepEqual(await topology.bypasses(), [])
  // One that is started again is where it was.
  const node = topology.nodes.find(({ name }) => name === 'b1')!
  await node.kill()
  await node.start()
  t.is(await readlink(`/proc/${node.pid}/ns/net`), where[2]!)
  await until(async () => (await crossed(rig)).some((link) => /^b1-a[12]$/.test(link)))
  await topology.stop()
  await namespaces!.remove()
  t.deepEqual(await interfacesOf(runId), [])
})

netnsTest('what the kernel drops is sent again: a short cut loses nothing, and nobody notices it', async (t) => {
  const rig = await start(t, planned({ a: 1, b: 1, c: 1 }), 'netns', await unnoticing(t))
  const [a, b, c] = await Promise.all(['a', 'b', 'c'].map((region) => clientIn(t, rig, region)))
  const [heard, near] = [await hearing(b!, a!), await hearing(c!, a!)]
  const { injector } = rig
  const cut = occurrence(partition(region('b')))
  const { targets, probe } = await injector.apply(cut)
  t.deepEqual(targets, ['leafnode-b1-a1'])
  b!.publish('told', 'during')
  await b!.flush()
  c!.publish('told', 'beside')
  await until(() => near.has('beside'))
  await probe!.look()
  t.false(heard.has('during'))
  t.true((await crossed(rig)).includes('b1-a1'))
  await injector.heal(cut)
  await until(() => heard.has('during'))
  t.regex(probe!.said(), /^[1-9]\d* packets stopped, 2 of 2 dials across it silent$/)
  await t.throwsAsync(probe!.look(), { message: /can be reached across the cut/ })
})

netnsTest('one direction alone can be cut, and cuts that overlap are healed one by one', async (t) => {
  const rig = await start(t, planned({ a: 1, b: 1, c: 1 }), 'netns', await unnoticing(t))
  const [a, b] = await Promise.all(['a', 'b'].map((region) => clientIn(t, rig, region)))
  const heard = await hearing(b!, a!)
  const { injector } = rig
  const [one, both] = [occurrence(oneWay(region('b'))), occurrence(partition(region('b')))]
  const { probe } = await injector.apply(one)
  await probe!.look()
  await injector.apply(both)
  await injector.heal(both)
  b!.publish('told', 'during')
  await b!.flush()
  await probe!.look()
  t.false(heard.has('during'))
  await injector.healAll()
  await until(() => heard.has('during'))
})
