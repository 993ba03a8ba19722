import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { natsFeatures } from '../binaries/index.ts'
import { UserError } from '../errors.ts'
import { now } from '../measure/index.ts'
import { ManagedProcess, type ProcessOptions } from './managed-process.ts'
import { effectiveSyncInterval, type NatsPorts, natsConfig } from './nats-config.ts'
import { candidatePort } from './ports.ts'
import type { ServerRecord } from './topology.ts'

export interface NatsServerOptions extends Omit<ProcessOptions, 'cwd'> {
  readonly name: string
  readonly binary: { readonly path: string; readonly version: string; readonly sha256: string }
  /** Folder for config, ports file and store; made if it is not there. */
  readonly dir: string
  readonly syncInterval?: string | undefined
  readonly maxPayload?: number | undefined
}

const startDeadlineMs = 15_000
const stopDeadlineMs = 5_000
const pollMs = 20
const shownLines = 10

/** One nats-server with JetStream, its store and its ports, over any number of starts. */
export class NatsServer {
  readonly #options: NatsServerOptions
  #process: ManagedProcess | undefined
  #ports = candidatePorts()
  #wasReady = false
  #version: string
  #stopping = false
  /** Resolves when it has ended without {@link stop}. */
  readonly died: Promise<ServerRecord>
  #resolveDied!: (record: ServerRecord) => void

  constructor(options: NatsServerOptions) {
    this.#options = options
    this.#version = options.binary.version
    this.died = new Promise((resolve) => {
      this.#resolveDied = resolve
    })
  }

  /** `host:port` for clients; final after the first start. */
  get address(): string {
    return `127.0.0.1:${this.#ports.client}`
  }

  /** Base URL of its monitoring endpoints. */
  get monitor(): string {
    return `http://127.0.0.1:${this.#ports.monitor}`
  }

  /** Of its latest process. */
  get pid(): number | undefined {
    return this.#process?.pid
  }

  /**
   * Starts it and waits until JetStream answers. If a port is taken the first start tries others, and a later one, which
   * must be where its clients know it to be, waits for it.
   * @throws UserError when it can't be started, ends, or is not ready within 15 s.
   */
  async start(): Promise<void> {
    const deadline = now() + startDeadlineMs
    for (;;) {
      const process = await this.#spawn()
      try {
        await this.#ready(process, deadline)
        break
      } catch (error) {
        await process.stop(stopDeadlineMs)
        const collided = process.logTail.some((line) => line.includes('address already in use'))
        if (!collided || now() >= deadline) throw error
        if (this.#wasReady) await sleep(pollMs)
        else this.#ports = candidatePorts()
      }
    }
    this.#wasReady = true
    this.#stopping = false
    const started = this.#process
    void started?.exited.then(() => {
      if (!this.#stopping && this.#process === started) this.#resolveDied(this.record())
    })
  }

  /** SIGTERM, five seconds, SIGKILL. Never rejects; safe to call twice. */
  async stop(): Promise<void> {
    this.#stopping = true
    await this.#process?.stop(stopDeadlineMs)
  }

  record(): ServerRecord {
    const { name, binary, syncInterval } = this.#options
    const exit = this.#process?.exit
    return {
      name,
      version: this.#version,
      binary: binary.path,
      sha256: binary.sha256,
      syncInterval: effectiveSyncInterval(syncInterval, natsFeatures(this.#version)),
      listen: this.address,
      ...(exit && { exit }),
      logTail: [...(this.#process?.logTail ?? [])],
    }
  }

  get #portsDir(): string {
    return join(this.#options.dir, 'ports')
  }

  async #spawn(): Promise<ManagedProcess> {
    const { name, binary, dir, env, onSpawn, syncInterval, maxPayload } = this.#options
    const portsDir = this.#portsDir
    // A ports file of an earlier start would be taken for this one's.
    await rm(portsDir, { recursive: true, force: true })
    await mkdir(portsDir, { recursive: true })
    const config = natsConfig(
      { name, ports: this.#ports, storeDir: join(dir, 'store'), portsDir, syncInterval, maxPayload },
      natsFeatures(binary.version),
    )
    const path = join(dir, 'nats.conf')
    await writeFile(path, config)
    this.#process = await ManagedProcess.spawn(binary.path, ['-c', path], { cwd: dir, env, onSpawn })
    return this.#process
  }

  async #ready(process: ManagedProcess, deadline: number): Promise<void> {
    // First of all, because on a port that is taken some other server answers; this file is written by ours alone.
    await this.#until(process, deadline, async () => {
      const files = await readdir(this.#portsDir)
      return files.some((name) => name.endsWith('.ports')) || undefined
    })
    this.#version = await this.#until(process, deadline, async () => {
      const { version } = (await getJson(`${this.monitor}/varz`)) as { version?: string }
      return version
    })
    await this.#until(process, deadline, async () => {
      const { status } = (await getJson(`${this.monitor}/healthz?js-enabled-only=true`)) as { status?: string }
      return status === 'ok' || undefined
    })
  }

  /** Asks until there is an answer; gives up at the deadline, or when the process has ended. */
  async #until<T>(process: ManagedProcess, deadline: number, ask: () => Promise<T | undefined>): Promise<T> {
    while (now() < deadline && !process.exit) {
      const answer = await ask().catch(() => undefined)
      if (answer !== undefined) return answer
      await Promise.race([process.exited, sleep(pollMs)])
    }
    throw this.#notReady(process)
  }

  #notReady(process: ManagedProcess): UserError {
    const { name, binary } = this.#options
    const how = process.exit
      ? `ended while it was starting (${process.exit.signal ?? `exit code ${process.exit.code}`})`
      : `was not ready within ${startDeadlineMs / 1_000} s`
    const lines = process.logTail.slice(-shownLines)
    const said = lines.length > 0 ? 'It said last:' : 'It said nothing.'
    return new UserError(`nats-server ${name} (${binary.path}) ${how}. ${said}`, { frame: lines.join('\n') })
  }
}

function candidatePorts(): NatsPorts {
  return { client: candidatePort(), monitor: candidatePort() }
}

async function getJson(url: string): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(1_000) })
  return response.json()
}
