import test, { type ExecutionContext } from 'ava'
import { connect } from 'nats'
import { requireBinary } from '../../lib/binaries/index.ts'
import { startReal } from '../../toxiproxy/index.ts'
import { startRig } from '../topology/support.ts'
import { patient, runScript, Squall, scriptPath, until } from './support.ts'

/** A cluster and a real Toxiproxy that no `squall run` has started, as `external()` takes them. */
async function startCluster(t: ExecutionContext) {
  const engine = await startReal({ binary: (await requireBinary('toxiproxy-server')).path })
  t.teardown(() => engine.stop())
  const { topology, toxiproxy } = await startRig(t, engine, {}, { kind: 'cluster', nodes: 3, protectRoutes: true })
  const link = (node: string) => topology.links.find(({ name }) => name === `publishers-${node}`)!
  const of = (url: (node: (typeof topology.nodes)[number]) => string) =>
    Object.fromEntries(topology.nodes.map((node) => [node.name, url(node)]))
  const options = {
    servers: of(({ name }) => `nats://${link(name).upstream}`),
    monitoring: of(({ monitor }) => monitor),
    toxiproxy: engine.url,
  }
  const nats = await connect({ servers: link('n1').upstream })
  t.teardown(() => nats.close())
  const manager = await nats.jetstreamManager()
  const streams = async () => (await manager.streams.list().next()).map(({ config }) => config.name)
  await (await toxiproxy.get('publishers-n1')).addToxic({
    name: 'theirs',
    type: 'latency',
    stream: 'upstream',
    toxicity: 1,
    attributes: { latency: 1, jitter: 0 },
  })
  const toxics = async () => {
    const proxies: Record<string, { enabled: boolean; toxics: { name: string }[] }> = (await (
      await fetch(`${engine.url}/proxies`)
    ).json()) as never
    return Object.values(proxies).flatMap(({ enabled, toxics }) => (enabled ? toxics.map(({ name }) => name) : ['off']))
  }
  return { options, manager, streams, toxics }
}

test.serial('a cluster that is there already is used, and left as it was found', async (t) => {
  const { options, manager, streams, toxics } = await startCluster(t)
  const env = (changes: object = {}) => ({ EXTERNAL: JSON.stringify({ ...options, ...changes }) })
  const { finished, report } = await runScript(t, 'external.ts', [], env())
  t.is(finished.code, 0, finished.stderr)
  t.is(report.servers.length, 3)
  t.deepEqual(report.faults[0]?.targets.toSorted(), ['publishers-n1', 'publishers-n2', 'publishers-n3'])
  t.deepEqual(await streams(), [])
  t.deepEqual(await toxics(), ['theirs'])

  // Interrupted while a fault is in force.
  const long = { ...env(), DURATION: '5m', FAULT: '4m' }
  const interrupted = await Squall.start(t, ['run', scriptPath('external.ts'), ...patient], long)
  await until(async () => (await toxics()).length > 1, 'the fault')
  interrupted.child.kill('SIGINT')
  t.is((await interrupted.finished).code, 105)
  t.deepEqual(await toxics(), ['theirs'])
  t.deepEqual(await streams(), [])

  // Killed while a fault is in force: the reaper puts the proxies right.
  const killed = await Squall.start(t, ['run', scriptPath('external.ts'), ...patient], long)
  await until(async () => (await toxics()).length > 1, 'the fault')
  killed.child.kill('SIGKILL')
  await until(async () => (await toxics()).length === 1, 'the proxies as they were')
  t.deepEqual(await streams(), ['ORDERS'], 'which is said in docs/external.md')

  // What is there is not touched unless the script says so, and not even then if it is another thing.
  const refused = await (await Squall.start(t, ['run', scriptPath('external.ts')], env())).finished
  t.is(refused.code, 104)
  t.regex(refused.stderr, /stream ORDERS is in the cluster already/)
  const reused = await runScript(t, 'external.ts', [], env({ existing: 'reuse' }))
  t.is(reused.finished.code, 0, reused.finished.stderr)
  t.deepEqual(await streams(), ['ORDERS'])
  await manager.streams.update('ORDERS', { max_age: 3_600_000_000_000 })
  await manager.streams.update('ORDERS', { subjects: ['orders.>', 'more'] })
  const other = await (await Squall.start(t, ['run', scriptPath('external.ts')], env({ existing: 'reuse' }))).finished
  t.is(other.code, 104)
  t.regex(other.stderr, /subjects is \["orders.>","more"\] there/)

  const noProxy = { links: { 'publishers-n1': 'nobody' } }
  const missing = await (await Squall.start(t, ['run', scriptPath('external.ts')], env(noProxy))).finished
  t.is(missing.code, 104)
  t.regex(missing.stderr, /link publishers-n1 has no proxy: .* none named nobody/)
})
