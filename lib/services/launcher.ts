import { Incarnation } from './incarnation.ts'
import type { ServicePlan } from './plan.ts'
import type { ProbeTarget } from './probe.ts'
import { programPath } from './program.ts'

/** What a rolling upgrade changes. */
export interface BuildChange {
  readonly command?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

export interface LaunchOptions {
  readonly name: string
  readonly plan: ServicePlan
  /** Program and arguments, placeholders not yet replaced. */
  readonly command: readonly string[]
  /** Of the proxies of its links. */
  readonly natsUrls: readonly string[]
  readonly cwd: string
  readonly logFile: string
  /** Laid over the environment, the reaper's mark included. */
  readonly env: Readonly<Record<string, string>>
  readonly onSpawn: (pid: number) => void
  readonly nats: ProbeTarget['nats']
}

/** Knows what an instance is started with: its program, which an upgrade may change, and what is its own. */
export class Launcher {
  readonly #options: LaunchOptions
  #build: BuildChange = {}

  constructor(options: LaunchOptions) {
    this.#options = options
  }

  /** `NAME=value`s that each of its processes has in its environment, unless it takes them out. */
  get mark(): readonly string[] {
    const { name, env } = this.#options
    return Object.entries({ ...env, SQUALL_INSTANCE: name }).map(([key, value]) => `${key}=${value}`)
  }

  /** What it is started with from now on. */
  change(build: BuildChange): void {
    this.#build = { ...this.#build, ...build, env: { ...this.#build.env, ...build.env } }
  }

  /** @throws UserError when the program can't be started. */
  spawn(port: number): Promise<Incarnation> {
    const { name, plan, natsUrls, cwd, logFile, onSpawn, nats } = this.#options
    const natsUrl = natsUrls.join(',')
    const replaced = (word: string) =>
      word.replaceAll('{port}', String(port)).replaceAll('{nats}', natsUrl).replaceAll('{instance}', name)
    const env = {
      ...plan.env,
      ...this.#build.env,
      ...this.#options.env,
      PORT: String(port),
      NATS_URL: natsUrl,
      SQUALL_INSTANCE: name,
      SQUALL_SERVICE: plan.name,
    }
    const [program, ...args] = (this.#build.command ?? this.#options.command).map(replaced)
    const { folder } = plan
    return Incarnation.spawn({
      plan,
      command: [programPath(program!, folder), ...args],
      target: { instance: name, port, env, cwd, folder, onSpawn, nats },
      logFile,
    })
  }
}
