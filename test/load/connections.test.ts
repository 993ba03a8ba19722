import test from 'ava'
import { Connections } from '../../lib/load/clients/connections.ts'
import type { GeneratorConfig } from '../../lib/load/protocol.ts'
import { now } from '../../lib/measure/index.ts'
import { readMonitor } from '../../lib/topology/monitor.ts'
import { makeServer, until } from '../topology/support.ts'

test('an auditor is tried for until its deadline, also where a server accepts and says nothing', async (t) => {
  const server = await makeServer(t)
  await server.start()
  const urls = [`nats://${server.address}`]
  const config = { plan: { topology: { kind: 'single' } }, urls: { publishers: urls, consumers: urls }, regions: {} }
  const connections = new Connections(config as unknown as GeneratorConfig, () => {})
  const there = await connections.openAuditor(undefined, now() + 30_000)
  t.truthy(there)
  await there!.close()

  await server.pause()
  const began = now()
  t.is(await connections.openAuditor(undefined, began + 200), undefined)
  // A client by itself waits for 5 s.
  t.true(now() - began < 4_000)

  // One that is late is not kept.
  server.resume()
  const seen = () => readMonitor<{ connections: number; total_connections: number }>(server.monitor, 'varz', 10_000)
  await until(async () => (await seen()).total_connections >= 2)
  await until(async () => (await seen()).connections === 0)
})
