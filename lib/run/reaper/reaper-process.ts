import { type BorrowedProxies, restoreProxies } from '../../topology/index.ts'
import { type Remains, reap } from './reap.ts'

// Started by reaper.ts, which tells it process ids on standard input. When that ends the runner has ended, or has nothing
// left to do: a pipe's end needs no word and no working runner.
const remains = JSON.parse(process.argv[2]!) as Remains
let input = ''

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
process.stdin.setEncoding('utf8')
process.stdin.on('data', (text: string) => {
  input += text
})
process.stdin.on('error', () => {})
process.stdin.once('close', async () => {
  const lines = input.split('\n').filter(Boolean)
  const borrowed = lines.filter((line) => line.startsWith('{'))
  const pids = lines.filter((line) => !line.startsWith('{')).map(Number)
  await reap(remains, new Set(pids))
  for (const line of borrowed) await restoreProxies(JSON.parse(line) as BorrowedProxies)
  // A shared Toxiproxy that does not answer must not keep it.
  process.exit()
})
