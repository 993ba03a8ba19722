import { readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { at, cluster, type Iteration, kill, node, type Phase, stream } from 'squall'
import { folderOf, pidIn } from './own-folder.ts'
import { isTold } from './told.ts'

/** What befalls nodes, besides what is planned: `killed`, `paused`, `damaged` or `taken`. */
const what = process.env.WHAT
const unplanned = what === 'killed' || what === 'paused'

export const topology = cluster({ nodes: 3 })
export const streams = [stream('ORDERS', { subjects: ['orders.>'], replicas: 3 })]
export const phases: Phase[] = [
  {
    name: 'steady',
    duration: what === 'paused' ? '4s' : '40s',
    gracefulStop: '1s',
    rate: 20,
    faults: unplanned ? [] : [at('500ms', kill(node('n3')), { for: '6s' })],
  },
]

let started = 0
let hasMeddled = false
export async function load({ publish }: Iteration) {
  started += 1
  // A second of load, and n3 is down, if it was to go down.
  if (started >= 30 && !hasMeddled && (unplanned || isTold())) {
    hasMeddled = true
    await meddle()
  }
  await publish('orders.created', { size: 100 })
}

async function meddle(): Promise<void> {
  const folder = await folderOf('n3')
  if (unplanned) {
    const pids = await Promise.all(['n2', 'n3'].map(async (name) => pidIn(await folderOf(name))))
    for (const pid of pids) process.kill(pid, what === 'killed' ? 'SIGKILL' : 'SIGSTOP')
  } else if (what === 'damaged') {
    await rm(join(folder, 'store'), { recursive: true })
    await writeFile(join(folder, 'store'), 'no folder')
  } else {
    const [, port] = /^listen: "127\.0\.0\.1:(\d+)"/m.exec(await readFile(join(folder, 'nats.conf'), 'utf8'))!
    createServer((socket) => socket.destroy()).listen(Number(port), '127.0.0.1')
  }
}
