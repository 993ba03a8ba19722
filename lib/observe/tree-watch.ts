import { now } from '../measure/index.ts'
import type { Sighting } from './process-descent.ts'
import { ProcessFinder, type TreeRoot } from './process-finder.ts'
import { type ProcessStat, readStat } from './process-stat.ts'
import { noUse, readUse } from './process-use.ts'
import type { ProcessUse } from './sample.ts'
import { TreeCpu } from './tree-cpu.ts'

/** What all processes of a tree use together; undefined where it has none, or the platform does not tell. */
export interface TreeUse extends ProcessUse {
  /** Share of one core since the look before; more than 1 where several are used. */
  readonly cpu: number | undefined
  readonly processes: number | undefined
}

interface Life {
  readonly pid: number
  readonly cpu: TreeCpu
  /** When its CPU time was last read, monotonic milliseconds. */
  at: number
}

const none: TreeUse = { ...noUse, cpu: undefined, processes: undefined }

/** Follows trees of processes, each whatever its first process is at the time. */
export class TreeWatch {
  readonly #finder = new ProcessFinder()
  readonly #lives = new Map<string, Life>()
  readonly #clock: () => number

  /** @param clock monotonic milliseconds, by which shares of a core are told */
  constructor(clock = now) {
    this.#clock = clock
  }

  /** Looks at each once. Memory that processes share, and open files that they inherited, count in each. Never rejects. */
  async look(roots: readonly TreeRoot[]): Promise<ReadonlyMap<string, TreeUse>> {
    const found = await this.#finder.find(roots)
    const looks = roots.map(async (root) => [root.name, await this.#look(root, found.get(root.name)!)] as const)
    return new Map(await Promise.all(looks))
  }

  async #look({ name, pid }: TreeRoot, members: readonly Sighting[]): Promise<TreeUse> {
    const last = this.#lives.get(name)
    const at = this.#clock()
    const stats = pid === undefined ? [] : this.#statsOf(members)
    // Zombies have CPU time and nothing else.
    const uses = (await Promise.all(stats.map((stat) => readUse(stat.pid)))).filter((use) => use !== undefined)
    if (pid === undefined || uses.length === 0) {
      this.#lives.delete(name)
      return none
    }
    const cpu = last?.pid === pid ? last.cpu : new TreeCpu()
    const used = cpu.take(stats)
    this.#lives.set(name, { pid, cpu, at })
    return {
      rssBytes: total(uses.map(({ rssBytes }) => rssBytes)),
      fds: total(uses.map(({ fds }) => fds)),
      threads: total(uses.map(({ threads }) => threads)),
      cpu: last && used !== undefined && at > last.at ? used / (at - last.at) : undefined,
      processes: uses.length,
    }
  }

  /** Parents first, as TreeCpu asks for. */
  #statsOf(members: readonly Sighting[]): ProcessStat[] {
    return members.flatMap(({ pid, startTicks }) => {
      const stat = readStat(pid)
      if (stat?.startTicks === startTicks) return [stat]
      if (stat) this.#finder.forget(pid)
      return []
    })
  }
}

/** Undefined when one of them is: a part is not the whole. */
function total(values: readonly (number | undefined)[]): number | undefined {
  return values.reduce((sum, value) => (sum === undefined || value === undefined ? undefined : sum + value), 0)
}
