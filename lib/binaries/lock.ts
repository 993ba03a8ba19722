import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { statField } from '../proc-stat.ts'

export interface LockOptions {
  readonly signal?: AbortSignal | undefined
  /** Called once, when another live process holds the lock. */
  readonly onWait?: (pid: number) => void
}

const pollMs = 100

/**
 * Runs `body` while holding a lock file among the processes of this host. The lock of a process that died, even by
 * SIGKILL, is taken over at once. It spares double work; it does not guard correctness: when two processes take over
 * the same dead lock in the same instant both may run, so `body` must publish what it makes atomically.
 */
export async function withLock<T>(path: string, body: () => Promise<T>, options: LockOptions = {}): Promise<T> {
  await mkdir(dirname(path), { recursive: true })
  const mine = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`
  try {
    await writeFile(mine, JSON.stringify(await identify(process.pid)))
    await take(path, mine, options)
  } finally {
    await rm(mine, { force: true })
  }
  try {
    return await body()
  } finally {
    await rm(path, { force: true })
  }
}

async function take(path: string, mine: string, { signal, onWait }: LockOptions): Promise<void> {
  let told = false
  for (;;) {
    signal?.throwIfAborted()
    // A hard link appears with its content in one step, which an exclusive create followed by a write does not.
    if (await tryLink(mine, path)) return
    const holder = await readHolder(path)
    if (holder === 'gone') continue
    if (holder === 'dead') {
      await rm(path, { force: true })
      continue
    }
    if (!told) onWait?.(holder.pid)
    told = true
    await sleep(pollMs, undefined, { signal })
  }
}

interface Holder {
  readonly pid: number
  /** Kernel start time, where there is one: tells a process from a later one that was given the same pid. */
  readonly started: string | undefined
}

async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

async function readHolder(path: string): Promise<Holder | 'gone' | 'dead'> {
  let holder: Holder
  try {
    holder = JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'gone' : 'dead'
  }
  const { started } = await identify(holder.pid)
  return isRunning(holder.pid) && started === holder.started ? holder : 'dead'
}

async function identify(pid: number): Promise<Holder> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return { pid, started: statField(stat)(22) }
}

/** Whether a process of this pid exists, whoever owns it. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
