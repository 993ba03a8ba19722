import { readdirSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'

// What is left when a run is over: started by reaper.ts with the run's id and folder, told process ids on standard input.
// When that ends, the runner has ended, with or without a word.
const [runId, runDir, keep] = process.argv.slice(2) as [string, string, string]
const registered = new Set<number>()
const own = process.pid
let input = ''

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
process.stdin.setEncoding('utf8')
process.stdin.on('data', (text: string) => {
  input += text
})
process.stdin.on('error', () => {})
process.stdin.once('close', () => void reap())

async function reap(): Promise<void> {
  for (const [, pid] of input.matchAll(/^pid (\d+)$/gm)) registered.add(Number(pid))
  // Again until there are none: one of them may just have been starting another.
  for (let found = members(); found.length > 0; found = members()) {
    for (const pid of found) kill(pid)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  if (keep !== 'keep') await rm(runDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
}

/** Processes of the run that are alive. */
function members(): number[] {
  return process.platform === 'linux' ? marked() : [...registered].filter(isAlive)
}

/** By the mark in their environment: it is inherited, so that the children of children are found too. */
function marked(): number[] {
  const mark = `SQUALL_RUN=${runId}`
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== own)
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(mark)
      } catch {
        // Another user's, or ended meanwhile. A zombie's environment is empty: it needs no killing.
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
