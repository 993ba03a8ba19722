import test from 'ava'
import { Toxiproxy } from 'toxiproxy-node-client'
import { findBinary } from '../../lib/binaries/index.ts'
import type { Fault } from '../../lib/faults/fault.ts'
import { createInjector } from '../../lib/faults/index.ts'
import { startReal } from '../../toxiproxy/index.ts'
import { startRig } from '../topology/support.ts'

const binary = await findBinary('toxiproxy-server')
const testReal = binary ? test : test.skip

const base = { link: 'publishers', stream: 'both', toxicity: 0.5 } as const
const faults: readonly Fault[] = [
  { ...base, kind: 'latency', delayMs: 10, jitterMs: 5 },
  { ...base, kind: 'bandwidth', kilobytesPerSecond: 100 },
  { ...base, kind: 'slicer', averageSize: 64, sizeVariation: 8, delayUs: 10 },
  { ...base, kind: 'slowClose', delayMs: 10 },
  { ...base, kind: 'limitData', bytes: 1_000 },
  { ...base, kind: 'resetPeer', afterMs: 10 },
  { ...base, kind: 'blackhole', mode: 'drop' },
  { ...base, kind: 'blackhole', mode: 'stall' },
  { kind: 'down', link: 'publishers' },
]

testReal('every fault goes onto a proxy of the real Toxiproxy, and off again', async (t) => {
  const real = await startReal({ binary: binary!.path })
  t.teardown(() => real.stop())
  const { topology } = await startRig(t, real)
  const injector = createInjector({
    links: topology.links,
    toxiproxy: new Toxiproxy(real.url),
    nodes: [],
    random: () => 0,
  })
  const state = async () => (await fetch(`${real.url}/proxies/publishers-n1`)).json()
  const before = await state()
  for (const [index, fault] of faults.entries()) {
    const occurrence = { id: `${fault.kind}#${index}`, name: fault.kind, fault, atMs: 0, forMs: null }
    await injector.apply(occurrence)
    t.notDeepEqual(await state(), before, fault.kind)
    await injector.heal(occurrence)
    t.deepEqual(await state(), before, fault.kind)
  }
})
