import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ExecutionContext } from 'ava'
import type { NatsConnection, PubAck, StreamConfig } from 'nats'
import { Toxiproxy } from 'toxiproxy-node-client'
import { type FoundBinary, requireBinary } from '../../lib/binaries/index.ts'
import { now } from '../../lib/measure/index.ts'
import {
  type ManagedPlan,
  type RoutePair,
  startTopology,
  type Topology,
  type TopologyContext,
} from '../../lib/topology/index.ts'
import { readRoutes, routesUp } from '../../lib/topology/routes/routes.ts'
import { NatsServer, type NatsServerOptions } from '../../lib/topology/server/nats-server.ts'
import { claimPorts } from '../../lib/topology/server/ports.ts'
import { type RunningToxiproxy, startEmbedded } from '../../toxiproxy/index.ts'

export function natsServerBinary(): Promise<FoundBinary> {
  return requireBinary('nats-server')
}

/** A folder of the test's own, removed after it. */
export async function temporaryFolder(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'squall-test-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  return folder
}

export interface Rig {
  readonly toxiproxy: Toxiproxy
  readonly topology: Topology
  /** Of the nats-servers, in the order of their starts. */
  readonly pids: readonly number[]
}

/** An embedded Toxiproxy of the test's own. */
export async function startEngine(t: ExecutionContext): Promise<RunningToxiproxy> {
  const engine = await startEmbedded({ seed: 1 })
  t.teardown(() => {
    resume(engine.pid)
    return engine.stop()
  })
  return engine
}

/** Everything that `startTopology` needs, and the processes that it will have started. */
export async function contextFor(t: ExecutionContext, url: string, changes: Partial<TopologyContext> = {}) {
  const pids: number[] = []
  const context: TopologyContext = {
    runId: 'test',
    runDir: await temporaryFolder(t),
    toxiproxy: new Toxiproxy(url),
    external: false,
    natsServer: await natsServerBinary(),
    env: {},
    onSpawn: (pid) => pids.push(pid),
    ...changes,
  }
  return { context, pids }
}

/** A started topology of the test's own, `single()` unless it says otherwise. */
export async function startRig(
  t: ExecutionContext,
  engine: RunningToxiproxy,
  changes: Partial<TopologyContext> = {},
  plan: ManagedPlan = { kind: 'single' },
): Promise<Rig> {
  const { context, pids } = await contextFor(t, engine.url, changes)
  const topology = await startTopology(plan, context)
  t.teardown(() => topology.stop())
  return { toxiproxy: context.toxiproxy, topology, pids }
}

/** SIGSTOP; resolves when every thread of it has obeyed, which where cores are scarce is not at once. */
export async function stopProcess(pid: number): Promise<void> {
  process.kill(pid, 'SIGSTOP')
  if (process.platform !== 'linux') return
  await until(async () => {
    const threads = await readdir(`/proc/${pid}/task`)
    const stats = await Promise.all(threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/stat`, 'utf8')))
    return stats.every((stat) => /\) T /.test(stat))
  })
}

function resume(pid: number): void {
  try {
    process.kill(pid, 'SIGCONT')
  } catch {
    // It has ended.
  }
}

/** Zombies, which wait for a parent that may be slow to ask, do not run. */
export async function isRunning(pid: number): Promise<boolean> {
  if (process.platform !== 'linux') {
    try {
      return process.kill(pid, 0)
    } catch {
      return false
    }
  }
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  return stat !== undefined && !/\) [ZX] /.test(stat)
}

/** Whether anybody listens on `host:port`. */
export async function isListening(address: string): Promise<boolean> {
  const socket = dial(address)
  const answer = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true))
    socket.once('error', () => resolve(false))
  })
  socket.destroy()
  return answer
}

export function dial(address: string): Socket {
  const { hostname, port } = new URL(`tcp://${address}`)
  return connect({ host: hostname, port: Number(port) })
}

/** Listens on `host:port` until the test is over, or until it is closed. */
export async function occupy(t: ExecutionContext, address: string): Promise<() => void> {
  const { hostname, port } = new URL(`tcp://${address}`)
  const server = createServer((socket) => socket.destroy())
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      // By somebody else: as good.
      if (error.code === 'EADDRINUSE') resolve()
      else reject(error)
    })
    server.listen(Number(port), hostname, resolve)
  })
  t.teardown(() => void server.close())
  return () => void server.close()
}

/** Resolves when the condition holds; the test's own timeout is the limit. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10))
}

/** A stream S on servers that may have just started: it is asked for again while one is not seen yet, or says nothing. */
export async function addStream(nats: NatsConnection, config: Partial<StreamConfig> = {}): Promise<void> {
  await untilDone(async () => {
    const manager = await nats.jetstreamManager()
    return manager.streams.add({ name: 'S', subjects: ['s'], ...config })
  })
}

/** Publishes to S, of whose leader the client's server may not have heard yet. */
export function publish(nats: NatsConnection, data: Uint8Array | string): Promise<PubAck> {
  return untilDone(() => nats.jetstream().publish('s', data, { timeout: 60_000 }))
}

async function untilDone<T>(act: () => Promise<T>): Promise<T> {
  const deadline = now() + 60_000
  for (;;) {
    try {
      return await act()
    } catch (error) {
      if (now() > deadline) throw error
      await sleep(100)
    }
  }
}

/** A server's answer is waited for: one that is late has not said that there is nothing. */
export const patientMs = 30_000

/** Who has dialled whom, as both list it: `routesUp` of the topology, but that every running node has told of its routes. */
export async function routesTold({ topology: { nodes, links } }: Pick<Rig, 'topology'>): Promise<RoutePair[]> {
  const via = links.find((link) => link.via)?.via
  const running = nodes.filter(({ state }) => state === 'running')
  const lists = running.map((node) => readRoutes(node, patientMs, via && (`${via}s` as const)))
  return routesUp(await Promise.all(lists), links)
}

/** A nats-server that is not started yet, and stopped when the test ends. */
export async function makeServer(t: ExecutionContext, changes: Partial<NatsServerOptions> = {}): Promise<NatsServer> {
  const binary = await natsServerBinary()
  const dir = join(await temporaryFolder(t), 'n1')
  await claimPorts()
  const server = new NatsServer({ name: 'n1', binary, dir, env: {}, onSpawn: () => {}, ...changes })
  t.teardown(() => server.stop())
  return server
}
