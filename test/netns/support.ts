import { randomUUID } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import test, { type ExecutionContext } from 'ava'
import * as v from 'valibot'
import { kernelCutObstacles, probeHost } from '../../lib/binaries/index.ts'
import { type Kernel, RegionNamespaces, requireKernel } from '../../lib/netns/index.ts'
import { type RegionsOptions, type RegionsPlan, regions, topologySchema } from '../../lib/topology/index.ts'

const obstacles = kernelCutObstacles(await probeHost())

/** For tests that need namespaces: skipped, with the reason, where there can't be any: many containers have root and no right to make one. */
export function netnsTest(title: string, implementation: (t: ExecutionContext) => Promise<void>): void {
  if (obstacles.length === 0) test.serial(title, implementation)
  else test.serial.skip(`${title} (${obstacles.join(', ')})`, implementation)
}

export function planned(counts: Readonly<Record<string, number>>, options: RegionsOptions = {}): RegionsPlan {
  const map = Object.fromEntries(Object.entries(counts).map(([name, nodes]) => [name, { nodes }]))
  return v.parse(topologySchema, regions(map, options)) as RegionsPlan
}

/** Namespaces of the test's own, removed after it. */
export async function namespacesFor(t: ExecutionContext, plan: RegionsPlan, changes: Partial<Kernel> = {}) {
  const runId = randomUUID().slice(0, 8)
  const namespaces = await RegionNamespaces.create({ runId, plan, kernel: { ...(await requireKernel()), ...changes } })
  t.teardown(() => namespaces.remove())
  return { runId, namespaces }
}

/** Names of the interfaces of runs on this machine; of one run when its id is given. */
export async function interfacesOf(runId = ''): Promise<string[]> {
  return (await readdir('/sys/class/net')).filter((name) => name.startsWith(`sq${runId}`))
}
