import { readdir, readFile } from 'node:fs/promises'
import { type Sighting, treeOf } from './process-descent.ts'
import { readStat } from './process-stat.ts'

/** Where a tree of processes begins. */
export interface TreeRoot {
  readonly name: string
  /** Of its first process, started by this one in a session of its own; undefined while there is none. */
  readonly pid: number | undefined
  /** `NAME=value`s that each of its processes has in its environment, unless it took them out, and no process of another tree. */
  readonly mark: readonly string[]
}

/**
 * Finds the processes of trees. A process is read when it is first seen, and whose it is then stays so, so that it may lose its
 * parent; each further look costs a listing of /proc and the processes that are new on the machine.
 */
export class ProcessFinder {
  readonly #sightings = new Map<number, Sighting>()
  readonly #members = new Map<number, string>()
  #rootPids: readonly (number | undefined)[] = []
  /** When this process started: no tree has an older one. */
  #since: number | undefined

  /** The processes of each tree, parents before their children; none where there is no /proc. Never rejects. */
  async find(roots: readonly TreeRoot[]): Promise<ReadonlyMap<string, readonly Sighting[]>> {
    const listed = await listPids()
    const there = new Set(listed)
    // A number that was given away again since the look before is not noticed: the kernel first goes through all others.
    for (const pid of this.#sightings.keys()) if (!there.has(pid)) this.forget(pid)
    const fresh: Sighting[] = []
    // One after the other, or a machine's thousand processes would be a thousand files open at once.
    for (const pid of listed) {
      const sighting = this.#sightings.has(pid) ? undefined : await this.#see(pid, roots)
      if (sighting) fresh.push(sighting)
    }
    for (const sighting of fresh) this.#sightings.set(sighting.pid, sighting)
    this.#decide(roots, fresh)
    const members = [...this.#members.keys()]
      .map((pid) => this.#sightings.get(pid)!)
      .sort((one, other) => one.startTicks - other.startTicks || one.pid - other.pid)
    return new Map(roots.map(({ name }) => [name, members.filter(({ pid }) => this.#members.get(pid) === name)]))
  }

  /** Its number is another's by now. */
  forget(pid: number): void {
    this.#sightings.delete(pid)
    this.#members.delete(pid)
  }

  /** Whose the new ones are. With another root all are asked again: what was nobody's may be its, and what was the old one's not. */
  #decide(roots: readonly TreeRoot[], fresh: readonly Sighting[]): void {
    const before = this.#rootPids
    this.#rootPids = roots.map(({ pid }) => pid)
    const changed = new Set(roots.flatMap(({ name, pid }, index) => (pid === before[index] ? [] : [name])))
    for (const [pid, name] of this.#members) if (changed.has(name)) this.#members.delete(pid)
    const kinship = {
      sightings: this.#sightings,
      members: this.#members,
      roots: new Map(roots.flatMap(({ name, pid }) => (pid === undefined ? [] : [[pid, name]]))),
      runner: process.pid,
    }
    for (const sighting of changed.size > 0 ? this.#sightings.values() : fresh) {
      const name = treeOf(sighting, kinship)
      if (name !== undefined) this.#members.set(sighting.pid, name)
    }
  }

  async #see(pid: number, roots: readonly TreeRoot[]): Promise<Sighting | undefined> {
    this.#since ??= readStat(process.pid)?.startTicks ?? 0
    const stat = readStat(pid)
    if (!stat) return undefined
    const { startTicks, parent, session } = stat
    const marked = startTicks < this.#since ? undefined : await markOn(pid, roots)
    return { pid, startTicks, parent, session, marked }
  }
}

async function listPids(): Promise<number[]> {
  const names = await readdir('/proc').catch(() => [])
  return names.filter((name) => /^\d+$/.test(name)).map(Number)
}

/** None on another user's, whose environment can't be read. */
async function markOn(pid: number, roots: readonly TreeRoot[]): Promise<string | undefined> {
  const text = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')
  const entries = new Set(text.split('\0'))
  return roots.find(({ mark }) => mark.every((entry) => entries.has(entry)))?.name
}
