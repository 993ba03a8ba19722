import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { at, cluster, type Iteration, isolate, node, type Phase, stream } from 'squall'
import { folderOf, pidIn } from './own-folder.ts'
import { isTold } from './told.ts'

export const topology = cluster({ nodes: 3 })
export const streams = [stream('ORDERS', { subjects: ['orders.>'], replicas: 3 })]
export const phases: Phase[] = [
  {
    name: 'cut',
    duration: '15s',
    rate: 20,
    faults: [at('500ms', isolate(node('n3'), { mode: 'down' }), { for: '12s' })],
  },
]

let startedInCut = 0
export async function load({ publish }: Iteration) {
  if (isTold()) startedInCut += 1
  // Two seconds into the cut, so that it was looked at.
  if (startedInCut === 40) await goAround()
  await publish('orders.created', { size: 100 })
}

/** What an operator might do: n3 is told where n1 really is, and reads its configuration again. */
async function goAround(): Promise<void> {
  const [n1, n3] = [await folderOf('n1'), await folderOf('n3')]
  const [, port] = /cluster \{[^}]*listen: "127\.0\.0\.1:(\d+)"/.exec(await readFile(join(n1, 'nats.conf'), 'utf8'))!
  const path = join(n3, 'nats.conf')
  const config = await readFile(path, 'utf8')
  await writeFile(path, config.replace('routes: [', `routes: ["nats-route://127.0.0.1:${port}", `))
  process.kill(await pidIn(n3), 'SIGHUP')
}
