import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import type { Cut } from '../../lib/faults/index.ts'
import { CutWatch, type CutWatchParts } from '../../lib/run/watch/cut-watch.ts'
import { selectLinks, startTopology } from '../../lib/topology/index.ts'
import { contextFor, startEngine, stopProcess, until } from '../topology/support.ts'

const cuts: readonly Cut[] = [
  { from: 'n1', to: 'n3' },
  { from: 'n3', to: 'n1' },
]

/** Three nodes whose routes between n1 and n3 are closed, a watch of that cut, and a way to go around it. */
async function startCut(t: ExecutionContext, changes: Partial<CutWatchParts> = {}, mayCut = true) {
  const { context } = await contextFor(t, (await startEngine(t)).url)
  const topology = await startTopology({ kind: 'cluster', nodes: 3, protectRoutes: true }, context)
  t.teardown(() => topology.stop())
  const links = selectLinks(topology.links, 'routes-n1-n3')
  const setLinks = async (enabled: boolean) => {
    for (const { proxy, listen, upstream } of links) {
      await (await context.toxiproxy.get(proxy)).update({ enabled, listen, upstream })
    }
  }
  if (mayCut) await setLinks(false)
  const told: string[] = []
  const onBroken = (how: string) => void told.push(how)
  let looks = 0
  const watched: CutWatchParts['topology'] = {
    routesUp: (mustAnswer) => topology.routesUp(mustAnswer),
    bypasses: () => {
      looks += 1
      return topology.bypasses()
    },
  }
  const watch = new CutWatch({ topology: watched, cuts, effect: 'down', onBroken, ...changes })
  const isCut = async () => !(await topology.routesUp()).some(({ from, to }) => [from, to].sort().join() === 'n1,n3')
  /** What an operator might do: n3 is told where n1 really is, and reads its configuration again. */
  const goAround = async () => {
    const path = join(context.runDir, 'n3', 'nats.conf')
    const { upstream } = links.find(({ route }) => route?.to === 'n1')!
    const config = await readFile(path, 'utf8')
    await writeFile(path, config.replace('routes: [', `routes: ["nats-route://${upstream}", `))
    process.kill(topology.nodes[2]!.pid!, 'SIGHUP')
  }
  return { topology, watch, told, looks: () => looks, isCut, goAround, setLinks }
}

test.serial('a way around that opens while a cut lasts is seen', async (t) => {
  const { watch, told, goAround } = await startCut(t, { everyMs: 100 })
  await until(() => watch.isProved)
  await goAround()
  await until(() => told.length > 0)
  t.regex(told[0]!, /^did not last: the cut is bypassed: n3 has a route to n1 at its real port \d+, around the proxy/)
  t.deepEqual([await watch.settled(), told.length], [{ error: told[0] }, 1])
})

test.serial('one that opens after the last look is seen when the cut is healed', async (t) => {
  const { topology, watch, told, goAround, setLinks } = await startCut(t, { everyMs: 1_000_000 })
  await until(() => watch.isProved)
  await goAround()
  await until(async () => (await topology.bypasses()).length > 0)
  t.deepEqual(told, [])
  watch.healing()
  await setLinks(true)
  const { error } = await watch.settled()
  t.regex(error ?? '', /^did not last: the cut is bypassed: n3 has a route to n1/)
})

test.serial('a cut that lasts is proved by several looks, and healing it does not wait for one', async (t) => {
  const { topology, watch, told, looks, isCut, setLinks } = await startCut(t, { everyMs: 100 })
  await until(() => watch.isProved && looks() >= 3)
  watch.healing()
  await setLinks(true)
  await until(async () => !(await isCut()))
  const { proof } = await watch.settled()
  t.regex(proof ?? '', /^routes gone .+ after the cut, none went around its proxy in \d+ looks until it was healed$/)
  t.deepEqual(told, [])
  t.deepEqual(await topology.bypasses(), [])
})

test.serial('a cut of nothing, and one healed at once, are none', async (t) => {
  const { topology, watch, isCut } = await startCut(t, {}, false)
  t.deepEqual(await watch.settled(), {
    error: 'could not be proved: it was healed before the servers had dropped the routes',
  })
  const told: string[] = []
  // That one says nothing at first proves nothing.
  const { pid } = topology.nodes[0]!
  await stopProcess(pid!)
  new CutWatch({ topology, cuts, effect: 'down', onBroken: (how) => void told.push(how) })
  await until(isCut)
  process.kill(pid!, 'SIGCONT')
  await until(() => told.length > 0)
  t.regex(told[0]!, /^could not be applied: the servers list n.–n. .+ after the cut$/)
})

test.serial('a server that does not tell its routes leaves a cut without proof', async (t) => {
  const { topology, watch } = await startCut(t, { everyMs: 1_000_000 })
  await until(() => watch.isProved)
  const { pid } = topology.nodes[1]!
  await stopProcess(pid!)
  await until(() =>
    topology.bypasses().then(
      () => false,
      () => true,
    ),
  )
  const { error } = await watch.settled()
  process.kill(pid!, 'SIGCONT')
  t.regex(error ?? '', /^could not be proved: n2 does not tell its routes/)
})
