import { readdir, readFile } from 'node:fs/promises'
import { type ProcessStat, readStat } from './process-stat.ts'
import type { ProcessUse } from './sample.ts'

/** What /proc tells of a process. */
export interface ProcReading extends ProcessUse, ProcessStat {}

export const noUse: ProcessUse = { rssBytes: undefined, fds: undefined, threads: undefined }

/** Reads /proc/<pid>; undefined when there is no such process or no /proc. Never rejects. */
export async function readProcess(pid: number): Promise<ProcReading | undefined> {
  const stat = readStat(pid)
  const use = await readUse(pid)
  return stat && use && { ...stat, ...use }
}

/** What it holds; undefined when it has ended, as a zombie too. Never rejects. */
export async function readUse(pid: number): Promise<ProcessUse | undefined> {
  const folder = `/proc/${pid}`
  try {
    const [status, fds] = await Promise.all([readFile(`${folder}/status`, 'utf8'), countFds(folder)])
    // A zombie has no memory any more.
    const rssKiB = field(status, 'VmRSS')
    return rssKiB === undefined ? undefined : { rssBytes: rssKiB * 1_024, threads: field(status, 'Threads'), fds }
  } catch {
    return undefined
  }
}

/** Undefined where it is another user's, or has more rights than we have. */
async function countFds(folder: string): Promise<number | undefined> {
  try {
    return (await readdir(`${folder}/fd`)).length
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES') return undefined
    throw error
  }
}

function field(status: string, name: string): number | undefined {
  const match = new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)
  return match ? Number(match[1]) : undefined
}

/** What this process uses, generator threads included. */
export async function runnerUse(): Promise<ProcessUse> {
  return (await readUse(process.pid)) ?? { ...noUse, rssBytes: process.memoryUsage.rss() }
}

/** Follows a node's process, whichever it is at the time. */
export class ProcessWatch {
  #last: { readonly at: number; readonly pid: number; readonly reading: ProcReading } | undefined

  /** `at` is the time of this look, monotonic milliseconds. CPU is a share of one core since the look before. */
  async look(pid: number | undefined, at: number): Promise<ProcessUse & { readonly cpu: number | undefined }> {
    const reading = pid === undefined ? undefined : await readProcess(pid)
    const last = this.#last
    this.#last = pid === undefined || !reading ? undefined : { at, pid, reading }
    if (!reading) return { ...noUse, cpu: undefined }
    const { rssBytes, fds, threads } = reading
    const same = last?.pid === pid && last?.reading.startTicks === reading.startTicks
    const cpu =
      last && same && at > last.at ? Math.max(0, (reading.cpuMs - last.reading.cpuMs) / (at - last.at)) : undefined
    return { rssBytes, fds, threads, cpu }
  }
}
