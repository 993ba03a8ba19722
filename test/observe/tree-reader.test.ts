import test from 'ava'
import { TreeReader } from '../../lib/observe/tree-reader.ts'
import type { TreeUse } from '../../lib/observe/tree-watch.ts'

test('a look that takes long is begun once, waited for by nobody, and told once', async (t) => {
  const use: TreeUse = { rssBytes: 1, fds: 1, threads: 1, cpu: undefined, processes: 1 }
  const ends: (() => void)[] = []
  const reader = new TreeReader({
    look: async (roots) => {
      await new Promise<void>((resolve) => ends.push(resolve))
      return new Map(roots.map(({ name }) => [name, use]))
    },
  })
  const roots = [{ name: 'web-1', pid: 1, mark: [] }]
  reader.begin(roots)
  reader.begin(roots)
  t.is(ends.length, 1)
  t.is(reader.take(), undefined)
  ends[0]!()
  await reader.settled()
  t.deepEqual([...reader.take()!], [['web-1', use]])
  t.is(reader.take(), undefined)
  reader.begin(roots)
  t.is(ends.length, 2)
})
