import test from 'ava'
import type { Occurrence } from '../../lib/faults/fault.ts'
import { createInjector } from '../../lib/faults/index.ts'
import { isListening, startEngine, startRig, stopProcess } from '../topology/support.ts'

const slow: Occurrence = {
  id: 'slow#1',
  name: 'slow',
  fault: { kind: 'latency', link: 'clients', stream: 'downstream', toxicity: 1, delayMs: 10, jitterMs: 0 },
  atMs: 0,
  forMs: null,
}
const cut: Occurrence = { id: 'cut#1', name: 'cut', fault: { kind: 'down', link: 'clients' }, atMs: 0, forMs: null }

test('a Toxiproxy that died is told of with fault, link and call', async (t) => {
  const engine = await startEngine(t)
  const { topology, toxiproxy } = await startRig(t, engine)
  const injector = createInjector({ links: topology.links, toxiproxy, nodes: [], random: () => 0 })
  await injector.apply(slow)
  await engine.stop()
  const error = await t.throwsAsync(injector.apply(cut), { instanceOf: AggregateError })
  t.regex(
    error.message,
    /^apply cut#1 \(down\) on link publishers-n1: disable the proxy: Toxiproxy: fetch failed; apply cut#1/,
  )
  const unhealed = await t.throwsAsync(injector.healAll(), { instanceOf: AggregateError })
  t.regex(unhealed.message, /heal slow#1 \(latency\) on link consumers-n1: look for toxic squall-slow-1-downstream/)
  t.regex(unhealed.message, /heal cut#1/)
})

test('a Toxiproxy that does not answer is given up at the deadline, and healed when it answers again', async (t) => {
  const engine = await startEngine(t)
  const { topology, toxiproxy } = await startRig(t, engine)
  const injector = createInjector({ links: topology.links, toxiproxy, nodes: [], random: () => 0 })
  await stopProcess(engine.pid)
  const error = await t.throwsAsync(injector.apply(slow), { instanceOf: AggregateError })
  t.regex(
    error.message,
    /apply slow#1 .* add toxic squall-slow-1-downstream \(latency\): Toxiproxy: no answer within 3 s/,
  )
  process.kill(engine.pid, 'SIGCONT')
  await injector.healAll()
  const toxics = await fetch(`${engine.url}/proxies/publishers-n1/toxics`)
  t.deepEqual(await toxics.json(), [])
})

test('what is applied in part is healed, and what can not be healed does not keep the rest', async (t) => {
  const { topology, toxiproxy } = await startRig(t, await startEngine(t))
  const injector = createInjector({ links: topology.links, toxiproxy, nodes: [], random: () => 0 })
  const [publishers, consumers] = ['publishers-n1', 'consumers-n1'].map(
    (name) => topology.links.find((link) => link.name === name)!,
  )
  await (await toxiproxy.get('publishers-n1')).remove()
  const error = await t.throwsAsync(injector.apply(cut), { instanceOf: AggregateError })
  t.is(error.message, 'apply cut#1 (down) on link publishers-n1: disable the proxy: Toxiproxy answered with status 404')
  t.false(await isListening(consumers!.listen))
  const unhealed = await t.throwsAsync(injector.healAll(), { instanceOf: AggregateError })
  t.regex(unhealed.message, /^heal cut#1 \(down\) on link publishers-n1: enable the proxy: .*404$/)
  t.true(await isListening(consumers!.listen))
  t.false(await isListening(publishers!.listen))
})

test('toxics that somebody else removed are healed', async (t) => {
  const { topology, toxiproxy } = await startRig(t, await startEngine(t))
  const injector = createInjector({ links: topology.links, toxiproxy, nodes: [], random: () => 0 })
  await injector.apply(slow)
  await toxiproxy.reset()
  await injector.healAll()
  await t.notThrowsAsync(injector.apply(slow))
})

test('a fault can not be applied twice', async (t) => {
  const { topology, toxiproxy } = await startRig(t, await startEngine(t))
  const injector = createInjector({ links: topology.links, toxiproxy, nodes: [], random: () => 0 })
  await injector.apply(slow)
  const error = await t.throwsAsync(injector.apply(slow), { instanceOf: AggregateError })
  t.regex(error.message, /Toxiproxy answered with status 409/)
})

test('a link that is not there is told of', async (t) => {
  const { topology, toxiproxy } = await startRig(t, await startEngine(t))
  const injector = createInjector({ links: topology.links, toxiproxy, nodes: [], random: () => 0 })
  const nowhere = { ...cut, fault: { kind: 'down', link: 'moon' } } as const
  await t.throwsAsync(injector.apply(nowhere), { message: 'apply cut#1 (down): there is no link moon' })
})
