import { msPerTick, type ProcessStat } from './process-stat.ts'

interface Known {
  readonly stat: ProcessStat
  /** CPU milliseconds of its children that have ended, counted here and still to come in what it has waited for. */
  readonly owedMs: number
}

/** User and system time are told in whole ticks, each of them. */
const roundingMs = 2 * msPerTick

/**
 * Counts the CPU time of a tree of processes. What a process used is counted while it lives; when it has ended, the kernel adds all
 * that it ever used to what its parent has waited for, from which is taken off what was counted before. So what it used after the last
 * look is in, and so is a process that no look ever saw. What can't be known: the last of a process that its
 * parent did not wait for (it ignores SIGCHLD, or has ended before it), at most what it used since the last look.
 */
export class TreeCpu {
  #known: ReadonlyMap<number, Known> | undefined

  /**
   * Milliseconds that the tree used since the look before; undefined at the first. The stats must have been read parents
   * first: a child that was there after its parent was read is not in what that has waited for.
   */
  take(stats: readonly ProcessStat[]): number | undefined {
    const before = this.#known
    const known = new Map<number, Known>()
    this.#known = known
    const there = new Map(stats.map((stat) => [stat.pid, stat]))
    const ended = before ? endedMs(before, there) : undefined
    let used = 0
    for (const stat of stats) {
      const last = before?.get(stat.pid)
      if (!isSame(last?.stat, stat)) {
        used += stat.cpuMs + stat.waitedMs
        known.set(stat.pid, { stat, owedMs: 0 })
        continue
      }
      const due = ended?.get(stat.pid) ?? 0
      const waited = stat.waitedMs - last.stat.waitedMs - last.owedMs - due
      // One that ended after its parent was read is in the next look. What is not there then was never waited for.
      const isOwed = waited < -roundingMs
      used += stat.cpuMs - last.stat.cpuMs + (isOwed ? 0 : waited)
      known.set(stat.pid, { stat, owedMs: isOwed ? Math.min(due, -waited) : 0 })
    }
    return before && Math.max(0, used)
  }
}

/** What was counted of processes that are not there any more, by the nearest ancestor that is: it has waited for them. */
function endedMs(before: ReadonlyMap<number, Known>, there: ReadonlyMap<number, ProcessStat>): Map<number, number> {
  const sums = new Map<number, number>()
  const isThere = ({ stat }: Known) => isSame(there.get(stat.pid), stat)
  for (const gone of before.values()) {
    if (isThere(gone)) continue
    let heir = before.get(gone.stat.parent)
    while (heir && !isThere(heir)) heir = before.get(heir.stat.parent)
    if (!heir) continue
    const counted = gone.stat.cpuMs + gone.stat.waitedMs + gone.owedMs
    sums.set(heir.stat.pid, (sums.get(heir.stat.pid) ?? 0) + counted)
  }
  return sums
}

function isSame(one: ProcessStat | undefined, other: ProcessStat): one is ProcessStat {
  return one?.startTicks === other.startTicks
}
