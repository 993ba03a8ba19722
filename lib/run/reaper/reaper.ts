import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type BorrowedProxies, proxyPrefix, restoreProxies } from '../../topology/index.ts'
import { mark, type Remains, reap } from './reap.ts'

export interface ReaperOptions {
  readonly runId: string
  readonly runDir: string
  /** Leaves the folder for people to look into. */
  readonly keep: boolean
  /** URL of a Toxiproxy that is somebody else's: the run's proxies are taken out of it. */
  readonly sharedToxiproxy?: string | undefined
  /** Path of the program `ip`, where regions have namespaces of their own. */
  readonly ip?: string | undefined
}

export interface Reaper {
  /** For the environment of every process of the run: it is by this that the reaper knows them. */
  readonly env: Readonly<Record<string, string>>
  /** Names a process of the run, for platforms on which another's environment can't be read. */
  register(pid: number): void
  /** Proxies that are somebody else's, to be left as they were found. */
  borrow(borrowed: BorrowedProxies): void
  /** The run is over: removes what is left of it. Resolves when that is done; never rejects. */
  done(): Promise<void>
}

/**
 * Starts the process that cleans up after a run, however it ends. It is started before anything else and holds the other
 * end of a pipe from here: the kernel closes that when this process dies, kill −9 included. By itself it does not keep
 * this process running.
 */
export function startReaper({ runId, runDir, keep, sharedToxiproxy, ip }: ReaperOptions): Reaper {
  const shared = sharedToxiproxy === undefined ? undefined : { url: sharedToxiproxy, proxyPrefix: proxyPrefix(runId) }
  const remains: Remains = { runId, runDir, keep, shared, ip }
  const registered = new Set<number>()
  const borrowed: BorrowedProxies[] = []
  const { write, ended } = spawnReaper(remains)
  return {
    env: { [mark]: runId },
    register(pid) {
      registered.add(pid)
      write(`${pid}\n`)
    },
    borrow(proxies) {
      borrowed.push(proxies)
      write(`${JSON.stringify(proxies)}\n`)
    },
    async done() {
      // It could not be started, or somebody has killed it: then it is done here.
      if ((await ended()) === 0) return
      await reap(remains, registered)
      await Promise.all(borrowed.map(restoreProxies))
    },
  }
}

/** `ended` closes its pipe and resolves with its exit code, null when it has none. */
function spawnReaper(remains: Remains): { write(text: string): void; ended(): Promise<number | null> } {
  const isSource = import.meta.url.endsWith('.ts')
  const entry = fileURLToPath(new URL(isSource ? './reaper-process.ts' : './reaper-process.js', import.meta.url))
  const loader = isSource ? ['--import', import.meta.resolve('tsx')] : []
  const child = spawn(process.execPath, [...loader, entry, JSON.stringify(remains)], {
    // A session of its own: what ends a terminal's processes must not end this one.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: '/',
  })
  const exited = new Promise<number | null>((resolve) => {
    child.once('exit', resolve)
    child.once('error', () => resolve(null))
  })
  child.stdin.on('error', () => {})
  child.unref()
  // A pipe's handle, which keeps the event loop alive unless told otherwise; the types do not know.
  ;(child.stdin as unknown as { unref(): void }).unref()
  return {
    write: (text) => void child.stdin.write(text),
    ended() {
      child.ref()
      child.stdin.end()
      return exited
    },
  }
}
