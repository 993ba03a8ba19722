import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { withLock } from '../../lib/binaries/lock.ts'
import { temporaryFolder } from './support.ts'

test('lets one in at a time and leaves no file', async (t) => {
  const path = join(await temporaryFolder(t), 'deep', 'lock')
  let inside = 0
  let most = 0
  const enter = () =>
    withLock(path, async () => {
      inside += 1
      most = Math.max(most, inside)
      await new Promise((resolve) => setImmediate(resolve))
      inside -= 1
    })
  await Promise.all([enter(), enter(), enter()])
  t.is(most, 1)
  t.false(existsSync(path))
})

test('gives the lock back when the body throws', async (t) => {
  const path = join(await temporaryFolder(t), 'lock')
  await t.throwsAsync(
    withLock(path, () => Promise.reject(new Error('oops'))),
    { message: 'oops' },
  )
  t.is(await withLock(path, async () => 'in'), 'in')
})

test('takes over a lock whose holder is gone, whose pid is another process by now, or that is unreadable', async (t) => {
  const path = join(await temporaryFolder(t), 'lock')
  // Above Linux's and macOS's largest pid, so never running.
  const dead = { pid: 2 ** 22 + 1, started: '1' }
  const reused = { pid: process.pid, started: 'another time' }
  for (const content of [JSON.stringify(dead), JSON.stringify(reused), '']) {
    await writeFile(path, content)
    t.is(await withLock(path, async () => 'in'), 'in', content)
  }
})

test('stops waiting when aborted, and leaves the lock to its holder', async (t) => {
  const path = join(await temporaryFolder(t), 'lock')
  const abort = new AbortController()
  await withLock(path, async () => {
    const held = await readFile(path, 'utf8')
    const onWait = (pid: number) => {
      t.is(pid, process.pid)
      abort.abort()
    }
    await t.throwsAsync(
      withLock(path, async () => t.fail('entered'), { signal: abort.signal, onWait }),
      { name: 'AbortError' },
    )
    t.is(await readFile(path, 'utf8'), held)
  })
})
