import { readdirSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { Toxiproxy } from 'toxiproxy-node-client'
import { removeCables } from '../../netns/index.ts'

/** What a run may leave behind. Plain data: it is given to another process. */
export interface Remains {
  readonly runId: string
  readonly runDir: string
  /** Leaves the folder for people to look into. */
  readonly keep: boolean
  /** A Toxiproxy that is not the run's own, and how the names of the run's proxies in it begin. */
  /** Path of the program `ip`, for the cables of regions that have namespaces of their own. */
  readonly ip?: string | undefined
  readonly shared?: { readonly url: string; readonly proxyPrefix: string } | undefined
}

/** The name of the mark that every process of a run has in its environment; its value is the run's id. */
export const mark = 'SQUALL_RUN'

const pollMs = 20
const killDeadlineMs = 30_000
const sharedDeadlineMs = 3_000

/**
 * Ends every process of a run, then removes its cables and its folder and takes its proxies out of a shared Toxiproxy. `registered` is
 * for platforms on which another process's environment can't be read. Never rejects, and does not wait for ever.
 */
export async function reap(remains: Remains, registered: ReadonlySet<number>): Promise<void> {
  const { runId, runDir, keep, ip, shared } = remains
  const members =
    process.platform === 'linux' ? () => marked(`${mark}=${runId}`) : () => [...registered].filter(isAlive)
  const deadline = performance.now() + killDeadlineMs
  // Again until there are none: one of them may just have been starting another.
  for (let found = members(); found.length > 0 && performance.now() < deadline; found = members()) {
    for (const pid of found) kill(pid)
    await sleep(pollMs)
  }
  if (ip !== undefined) await removeCables(runId, ip)
  if (shared) await Promise.race([removeProxies(shared), sleep(sharedDeadlineMs)]).catch(() => {})
  if (!keep) await rm(runDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }).catch(() => {})
}

/** By the mark, which is inherited, so that the children of children are found too. */
function marked(entry: string): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid !== process.pid)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(entry)
      } catch {
        // Another user's, or ended meanwhile. A zombie's is empty: it needs no killing.
        return false
      }
    })
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

function kill(pid: number): void {
  try {
    // A stopped process takes SIGKILL, but a traced one may not.
    process.kill(pid, 'SIGCONT')
    process.kill(pid, 'SIGKILL')
  } catch {
    // Ended meanwhile.
  }
}

async function removeProxies({ url, proxyPrefix }: NonNullable<Remains['shared']>): Promise<void> {
  const proxies = Object.values(await new Toxiproxy(url).getAll())
  await Promise.all(proxies.filter(({ name }) => name.startsWith(proxyPrefix)).map((proxy) => proxy.remove()))
}
