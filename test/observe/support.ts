import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import { connect } from 'nats'
import { now } from '../../lib/measure/index.ts'
import type { Observation } from '../../lib/observe/index.ts'
import { History, type ObservedNode, Observer } from '../../lib/observe/index.ts'
import { ManagedProcess } from '../../lib/topology/server/managed-process.ts'
import { candidatePort, claimPorts } from '../../lib/topology/server/ports.ts'
import { addStream, natsServerBinary, temporaryFolder } from '../topology/support.ts'

/** A bare nats-server that can be killed and paused; its routes are direct, for nobody cuts links here. */
export class BareNode implements ObservedNode {
  readonly name: string
  readonly client = candidatePort()
  readonly #monitor = candidatePort()
  readonly route = candidatePort()
  readonly #dir: string
  #process: ManagedProcess | undefined
  state: ObservedNode['state'] = 'down'

  constructor(name: string, dir: string) {
    this.name = name
    this.#dir = dir
  }

  get monitor(): string {
    return `http://127.0.0.1:${this.#monitor}`
  }

  get pid(): number | undefined {
    return this.#process?.pid
  }

  get log(): readonly string[] {
    return this.#process?.logTail ?? []
  }

  async start(peers: readonly BareNode[]): Promise<void> {
    const { name, client, route } = this
    const routes = peers.map((peer) => `"nats-route://127.0.0.1:${peer.route}"`).join(', ')
    const config = [
      `server_name: ${name}`,
      `listen: "127.0.0.1:${client}"`,
      `http: "127.0.0.1:${this.#monitor}"`,
      `jetstream { store_dir: ${JSON.stringify(join(this.#dir, name))} }`,
      ...(peers.length > 1 ? [`cluster { name: C, listen: "127.0.0.1:${route}", routes: [${routes}] }`] : []),
    ]
    const path = join(this.#dir, `${name}.conf`)
    await mkdir(this.#dir, { recursive: true })
    await writeFile(path, config.join('\n'))
    const { path: binary } = await natsServerBinary()
    this.#process = await ManagedProcess.spawn(binary, ['-c', path], { cwd: this.#dir, env: {}, onSpawn: () => {} })
    this.state = 'running'
  }

  async kill(): Promise<void> {
    this.state = 'down'
    process.kill(this.pid!, 'SIGKILL')
    await this.#process!.exited
  }

  pause(): Promise<void> {
    this.state = 'paused'
    return this.#process!.pause()
  }

  resume(): void {
    process.kill(this.pid!, 'SIGCONT')
    this.state = 'running'
  }

  async stop(): Promise<void> {
    await this.#process?.stop(5_000)
  }
}

/** A started cluster of the test's own with a stream S, R1 on one node and R3 on three. */
export async function startNodes(t: ExecutionContext, count: 1 | 3) {
  const folder = await temporaryFolder(t)
  await claimPorts()
  const nodes = Array.from({ length: count }, (_, index) => new BareNode(`n${index + 1}`, folder))
  const stop = () => Promise.all(nodes.map((node) => node.stop()))
  t.teardown(stop)
  for (const node of nodes) await node.start(nodes)
  const nats = await connect({
    servers: nodes.map(({ client }) => `127.0.0.1:${client}`),
    maxReconnectAttempts: -1,
    waitOnFirstConnect: true,
  })
  t.teardown(() => nats.close())
  await addStream(nats, { num_replicas: count })
  return { nodes, nats }
}

/** A running observer of the test's own, and what it saw so far. */
export function observe(t: ExecutionContext, nodes: readonly ObservedNode[]) {
  const history = new History(['S'], now())
  const seen: Observation[] = []
  const waiting = new Set<() => void>()
  const observer = new Observer({
    nodes,
    streams: ['S'],
    consumers: false,
    onRound: (round) => {
      seen.push(history.add(round))
      for (const wake of waiting) wake()
    },
  })
  t.teardown(() => observer.stop())
  observer.start()
  /** The first observation from now on for which `holds`; the test's own timeout is the limit. */
  const next = async (holds: (observation: Observation) => boolean = () => true) => {
    for (let index = seen.length; ; index += 1) {
      while (index >= seen.length) {
        await new Promise<void>((resolve) => waiting.add(resolve))
        waiting.clear()
      }
      if (holds(seen[index]!)) return seen[index]!
    }
  }
  return { observer, history, seen, next }
}

/** How a node was in one observation. */
export function nodeIn({ round }: Pick<Observation, 'round'>, name: string) {
  return round.nodes.find(({ node }) => node === name)!
}
