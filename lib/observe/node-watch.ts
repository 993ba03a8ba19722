import { now } from '../measure/index.ts'
import { type Answered, type Asked, paths, readAnswers } from './answers.ts'
import { MonitorClient } from './monitor.ts'
import { ProcessWatch } from './process-use.ts'
import type { NodeSample, ObservedNode } from './sample.ts'

/** A server that is later than this is not answering. */
export const deadlineMs = 500

/** Names of servers by their ids, shared by all nodes: a route tells the id alone before 2.10. */
export type ServerNames = Map<string, string>

/** Follows one node. */
export class NodeWatch {
  readonly #node: ObservedNode
  readonly #streams: readonly string[]
  readonly #paths: ReturnType<typeof paths>
  readonly #via: Asked['via']
  readonly #names: ServerNames
  readonly #client: MonitorClient
  readonly #process = new ProcessWatch()
  readonly #stopped: AbortSignal

  constructor(
    node: ObservedNode,
    { streams, ...asked }: Asked & { readonly streams: readonly string[] },
    names: ServerNames,
    stopped: AbortSignal,
  ) {
    this.#node = node
    this.#streams = streams
    this.#paths = paths(asked)
    this.#via = asked.via
    this.#names = names
    this.#stopped = stopped
    this.#client = new MonitorClient(() => node.monitor)
  }

  /** Looks once, {@link deadlineMs} at most. Never rejects. */
  async look(goroutines: boolean): Promise<NodeSample> {
    const at = now()
    const { name, state, pid } = this.#node
    // The pid of one that has ended may be somebody else's by now.
    const process = this.#process.look(state === 'down' ? undefined : pid, at)
    const [answered, use] = await Promise.all([this.#ask(goroutines), process])
    return {
      ...use,
      node: name,
      at,
      state,
      server: answered?.view,
      cpu: use.cpu ?? answered?.use.cpu,
      rssBytes: use.rssBytes ?? answered?.use.rssBytes,
    }
  }

  close(): void {
    this.#client.close()
  }

  async #ask(goroutines: boolean): Promise<Answered | undefined> {
    const deadline = new AbortController()
    const abort = () => deadline.abort()
    // When the runner was held up itself, answers may lie there that it has yet to read.
    const timer = setTimeout(() => setImmediate(abort), deadlineMs)
    this.#stopped.addEventListener('abort', abort)
    try {
      const get = (path: string) => this.#client.get(path, deadline.signal)
      const { regional: regionalPath } = this.#paths
      const [varz, routez, jsz, regional, stacksz] = await Promise.all([
        get(this.#paths.varz),
        get(this.#paths.routez),
        get(this.#paths.jsz),
        regionalPath === undefined ? undefined : get(regionalPath),
        goroutines ? get('/stacksz') : undefined,
      ])
      const answers = { varz, routez, jsz, regional, stacksz }
      const nameOf = (id: string) => this.#names.get(id)
      const answered = readAnswers(answers, this.#node.name, this.#streams, nameOf, this.#via)
      this.#names.set(answered.serverId, this.#node.name)
      return answered
    } catch {
      // Down, stopped, or something else has its port: all the same to an observer.
      return undefined
    } finally {
      clearTimeout(timer)
      this.#stopped.removeEventListener('abort', abort)
      // Calls that are still under way when another failed.
      deadline.abort()
    }
  }
}
