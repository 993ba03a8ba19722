import { readdir, readFile } from 'node:fs/promises'
import { statField } from '../proc-stat.ts'
import type { ProcessUse } from './sample.ts'

/** What /proc tells of a process. */
export interface ProcReading extends ProcessUse {
  /** Its start, in ticks of 10 ms since boot. With the pid it says which process it is: a pid is given away again. */
  readonly startTicks: number
  /** CPU milliseconds, user and system, since its start. */
  readonly cpuMs: number
}

/** Linux's USER_HZ, the same on every architecture that Node runs on. */
const msPerTick = 10
const nothing: ProcessUse = { rssBytes: undefined, fds: undefined, threads: undefined }

/** Reads /proc/<pid>; undefined when there is no such process or no /proc. Never rejects. */
export async function readProcess(pid: number): Promise<ProcReading | undefined> {
  try {
    const folder = `/proc/${pid}`
    const [stat, status, fds] = await Promise.all([
      readFile(`${folder}/stat`, 'utf8'),
      readFile(`${folder}/status`, 'utf8'),
      readdir(`${folder}/fd`),
    ])
    // A zombie has no memory any more.
    const rssKiB = field(status, 'VmRSS')
    if (rssKiB === undefined) return undefined
    return { ...parseStat(stat), rssBytes: rssKiB * 1_024, threads: field(status, 'Threads'), fds: fds.length }
  } catch {
    return undefined
  }
}

/** proc_pid_stat(5). */
export function parseStat(stat: string): { startTicks: number; cpuMs: number } {
  const field = statField(stat)
  return { startTicks: Number(field(22)), cpuMs: (Number(field(14)) + Number(field(15))) * msPerTick }
}

function field(status: string, name: string): number | undefined {
  const match = new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)
  return match ? Number(match[1]) : undefined
}

/** What this process uses, generator threads included. */
export async function runnerUse(): Promise<ProcessUse> {
  const reading = await readProcess(process.pid)
  if (!reading) return { ...nothing, rssBytes: process.memoryUsage.rss() }
  const { rssBytes, fds, threads } = reading
  return { rssBytes, fds, threads }
}

/** Follows a node's process, whichever it is at the time. */
export class ProcessWatch {
  #last: { readonly at: number; readonly pid: number; readonly reading: ProcReading } | undefined

  /** `at` is the time of this look, monotonic milliseconds. CPU is a share of one core since the look before. */
  async look(pid: number | undefined, at: number): Promise<ProcessUse & { readonly cpu: number | undefined }> {
    const reading = pid === undefined ? undefined : await readProcess(pid)
    const last = this.#last
    this.#last = pid === undefined || !reading ? undefined : { at, pid, reading }
    if (!reading) return { ...nothing, cpu: undefined }
    const { rssBytes, fds, threads } = reading
    const same = last?.pid === pid && last?.reading.startTicks === reading.startTicks
    const cpu =
      last && same && at > last.at ? Math.max(0, (reading.cpuMs - last.reading.cpuMs) / (at - last.at)) : undefined
    return { rssBytes, fds, threads, cpu }
  }
}
