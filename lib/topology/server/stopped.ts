import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { statField } from '../../proc-stat.ts'

const longestMs = 10_000

/**
 * Resolves when every thread of every process of the group is stopped: SIGSTOP is not obeyed at once where cores are scarce, and
 * what is said to be paused must not answer. After ten seconds, and where there is no /proc, it resolves all the same.
 */
export async function groupStopped(group: number): Promise<void> {
  const deadline = performance.now() + longestMs
  while (performance.now() < deadline && !(await isStopped(group))) await sleep(1)
}

async function isStopped(group: number): Promise<boolean> {
  const processes = await readdir('/proc').catch(() => [])
  const states = await Promise.all(
    processes.filter((name) => /^\d+$/.test(name)).map((pid) => statesOfGroup(pid, group)),
  )
  return states.flat().every((state) => stoppedStates.has(state))
}

/** proc_pid_stat(5): stopped, stopped by a tracer, and what has ended. */
const stoppedStates = new Set(['T', 't', 'Z', 'X'])

/** The states of its threads; none when it is another group's, or gone. */
async function statesOfGroup(pid: string, group: number): Promise<string[]> {
  const own = await threadStat(`/proc/${pid}/stat`)
  if (own?.group !== group) return []
  const threads = await readdir(`/proc/${pid}/task`).catch(() => [])
  const stats = await Promise.all(threads.map((thread) => threadStat(`/proc/${pid}/task/${thread}/stat`)))
  return stats.flatMap((stat) => (stat ? [stat.state] : []))
}

async function threadStat(path: string): Promise<{ state: string; group: number } | undefined> {
  const stat = await readFile(path, 'utf8').catch(() => undefined)
  if (stat === undefined) return undefined
  const field = statField(stat)
  return { state: field(3)!, group: Number(field(5)) }
}
