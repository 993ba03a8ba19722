import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { natsFeatures } from '../../binaries/index.ts'
import { UserError } from '../../errors.ts'
import { now } from '../../measure/index.ts'
import { readMonitor } from '../monitor.ts'
import type { LinkPlan } from '../shapes/link.ts'
import type { ServerNode, ServerRecord } from '../topology.ts'
import { type Ground, loopback } from './ground.ts'
import { describeExit, ManagedProcess, type ProcessOptions, type Signal } from './managed-process.ts'
import {
  effectiveSyncInterval,
  type NatsPorts,
  natsConfig,
  type RegionConfig,
  type RoutesConfig,
} from './nats-config.ts'
import { candidatePort } from './ports.ts'

export interface NatsServerOptions extends Omit<ProcessOptions, 'cwd'> {
  readonly name: string
  readonly binary: { readonly path: string; readonly version: string; readonly sha256: string }
  /** Loopback when left out. */
  readonly ground?: Ground | undefined
  /** Folder for config, ports file and store; made if it is not there. */
  readonly dir: string
  readonly syncInterval?: string | undefined
  readonly maxPayload?: number | undefined
  /** Of a node of a cluster; asked for at each start. */
  readonly routes?: ((ports: NatsPorts) => RoutesConfig) | undefined
  /** Of a node of a region; asked for at each start. */
  readonly region?: (() => RegionConfig) | undefined
  /** Called whenever it has ended and nobody ended it through this. */
  readonly onDied?: ((record: ServerRecord) => void) | undefined
}

const startDeadlineMs = 15_000
const stopDeadlineMs = 5_000
/** Beyond the 30 s that nats-config.ts gives lame duck mode. */
const lameDuckDeadlineMs = 40_000
const pollMs = 20
/** Between two attempts to listen on a port that somebody else has. */
const retryMs = 250
const answerMs = 1_000
const shownLines = 10

/** One nats-server with JetStream, its store and its ports, over any number of starts. */
export class NatsServer implements ServerNode {
  readonly #options: NatsServerOptions
  readonly #ground: Ground
  #process: ManagedProcess | undefined
  #ports = candidatePorts()
  #wasReady = false
  #isReady = false
  #isPaused = false
  #version: string
  /** Whether its end is somebody's wish. */
  #stopping = false
  #starting: Promise<void> | undefined

  constructor(options: NatsServerOptions) {
    this.#options = options
    this.#ground = options.ground ?? loopback
    this.#version = options.binary.version
  }

  get name(): string {
    return this.#options.name
  }

  /** `host:port` for clients; final after the first start. */
  get address(): string {
    return `${this.#ground.addressOf(this.name)}:${this.#ports.client}`
  }

  /** `host:port` at which the link's proxy reaches it; final after the first start. */
  addressFor(link: LinkPlan): string {
    const { client, cluster, region } = this.#ports
    const port = link.via ? region : link.route ? cluster : client
    return `${this.#ground.upstreamOf(link)}:${port}`
  }

  /** Base URL of its monitoring endpoints. */
  get monitor(): string {
    return `http://${this.#ground.addressOf(this.name)}:${this.#ports.monitor}`
  }

  /** Of its latest process. */
  get pid(): number | undefined {
    return this.#process?.pid
  }

  get state(): ServerNode['state'] {
    if (!this.#isReady || !this.#process || this.#process.exit) return 'down'
    return this.#isPaused ? 'paused' : 'running'
  }

  /**
   * Starts it and waits until JetStream answers. If a port is taken the first start tries others, and a later one, which
   * must be where its clients know it to be, waits for it.
   * @throws UserError when it can't be started, ends, or is not ready within 15 s.
   */
  async start({ wipe = false }: { readonly wipe?: boolean } = {}): Promise<void> {
    if (this.#starting || (this.#process && !this.#process.exit)) throw new Error(`${this.name} is already started`)
    this.#stopping = false
    this.#isReady = false
    this.#isPaused = false
    this.#starting = this.#start(wipe)
    try {
      await this.#starting
    } finally {
      this.#starting = undefined
    }
  }

  /** SIGTERM, five seconds, SIGKILL; also while it starts. Never rejects; safe to call twice. */
  stop(): Promise<void> {
    return this.#end('SIGTERM', stopDeadlineMs)
  }

  kill(): Promise<void> {
    return this.#end('SIGKILL', stopDeadlineMs)
  }

  lameDuck(): Promise<void> {
    return this.#end('SIGUSR2', lameDuckDeadlineMs)
  }

  async pause(): Promise<void> {
    if (this.state === 'down') throw new Error(`${this.name} is down and can't be paused`)
    this.#isPaused = true
    await this.#process?.pause()
  }

  resume(): void {
    this.#process?.signal('SIGCONT')
    this.#isPaused = false
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

  get #storeDir(): string {
    return join(this.#options.dir, 'store')
  }

  async #end(signal: Signal, deadlineMs: number): Promise<void> {
    this.#stopping = true
    await this.#process?.end(signal, deadlineMs)
    // One that is between two attempts ends what it spawns.
    await this.#starting?.catch(() => {})
  }

  async #start(wipe: boolean): Promise<void> {
    const deadline = now() + startDeadlineMs
    if (wipe) await rm(this.#storeDir, { recursive: true, force: true })
    for (;;) {
      const process = await this.#spawn()
      try {
        if (this.#stopping) throw new UserError(`nats-server ${this.name} was stopped while it was starting`)
        await this.#ready(process, deadline)
        break
      } catch (error) {
        await process.stop(stopDeadlineMs)
        const collided = process.logTail.some((line) => line.includes('address already in use'))
        // The next attempt must have time enough to say what is in its way.
        if (!collided || this.#stopping || now() + 2 * retryMs >= deadline) throw error
        if (this.#wasReady) await sleep(retryMs)
        else this.#ports = candidatePorts()
      }
    }
    this.#wasReady = true
    this.#isReady = true
    const started = this.#process
    void started?.exited.then(() => {
      if (!this.#stopping && this.#process === started) this.#options.onDied?.(this.record())
    })
  }

  async #spawn(): Promise<ManagedProcess> {
    const { name, binary, dir, env, onSpawn, syncInterval, maxPayload, routes, region } = this.#options
    const portsDir = this.#portsDir
    // A ports file of an earlier start would be taken for this one's.
    await rm(portsDir, { recursive: true, force: true })
    await mkdir(portsDir, { recursive: true })
    const config = natsConfig(
      {
        name,
        host: this.#ground.listens,
        ports: this.#ports,
        storeDir: this.#storeDir,
        portsDir,
        syncInterval,
        maxPayload,
        routes: routes?.(this.#ports),
        region: region?.(),
      },
      natsFeatures(binary.version),
    )
    const path = join(dir, 'nats.conf')
    await writeFile(path, config)
    const [program, ...args] = [...this.#ground.commandFor(name), binary.path, '-c', path]
    this.#process = await ManagedProcess.spawn(program!, args, { cwd: dir, env, onSpawn })
    return this.#process
  }

  async #ready(process: ManagedProcess, deadline: number): Promise<void> {
    // First of all, because on a port that is taken some other server answers; this file is written by ours alone.
    await this.#until(process, deadline, async () => {
      const files = await readdir(this.#portsDir)
      return files.some((name) => name.endsWith('.ports')) || undefined
    })
    this.#version = await this.#until(process, deadline, async () => {
      const { version } = await readMonitor<{ version?: string }>(this.monitor, 'varz', answerMs)
      return version
    })
    await this.#until(process, deadline, async () => {
      const path = 'healthz?js-enabled-only=true'
      const { status } = await readMonitor<{ status?: string }>(this.monitor, path, answerMs)
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
      ? `ended while it was starting (${describeExit(process.exit)})`
      : `was not ready within ${startDeadlineMs / 1_000} s`
    const lines = process.logTail.slice(-shownLines)
    const said = lines.length > 0 ? 'It said last:' : 'It said nothing.'
    return new UserError(`nats-server ${name} (${binary.path}) ${how}. ${said}`, { frame: lines.join('\n') })
  }
}

function candidatePorts(): NatsPorts {
  return { client: candidatePort(), monitor: candidatePort(), cluster: candidatePort(), region: candidatePort() }
}
