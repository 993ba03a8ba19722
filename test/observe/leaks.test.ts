import test from 'ava'
import { checkLeaks, isLeak, type ResourceUse } from '../../lib/observe/leaks.ts'

const MiB = 2 ** 20
const steady: ResourceUse = { rssBytes: 64 * MiB, fds: 40, connections: 10, goroutines: 100 }
const findLeaks = (...args: Parameters<typeof checkLeaks>) => checkLeaks(...args).filter(isLeak)
const stretch = (use: Partial<ResourceUse>, length = 9) => Array.from({ length }, () => ({ ...steady, ...use }))

test('the same, or a little more, is no leak', (t) => {
  t.deepEqual(findLeaks('n1', stretch({}), stretch({})), [])
  const atLimits = stretch({ rssBytes: 128 * MiB, fds: 50, connections: 20, goroutines: 170 })
  t.deepEqual(findLeaks('n1', stretch({}), atLimits), [])
})

test('each resource past its limit is named with the numbers', (t) => {
  t.deepEqual(findLeaks('n1', stretch({}), stretch({ rssBytes: 129 * MiB })), [
    { process: 'n1', resource: 'rssBytes', baseline: 64 * MiB, recovery: 129 * MiB, limit: 128 * MiB },
  ])
  const [fds, connections, goroutines] = findLeaks(
    'n2',
    stretch({}),
    stretch({ fds: 51, connections: 21, goroutines: 171 }),
  )
  t.like(fds, { resource: 'fds', baseline: 40, recovery: 51, limit: 50 })
  t.like(connections, { resource: 'connections', recovery: 21, limit: 20 })
  t.like(goroutines, { resource: 'goroutines', recovery: 171, limit: 170 })
})

test('what a stretch began with, and a single peak, do not count', (t) => {
  const settling = [...stretch({ fds: 500 }, 6), ...stretch({}, 3)]
  t.deepEqual(findLeaks('n1', stretch({}), settling), [])
  const peak = [...stretch({}, 8), ...stretch({ fds: 500 }, 1)]
  t.deepEqual(findLeaks('n1', stretch({}), peak), [])
})

test('what was not seen in both is not judged', (t) => {
  t.deepEqual(findLeaks('n1', stretch({ fds: undefined }), stretch({ fds: 999 })), [])
  t.deepEqual(findLeaks('n1', stretch({}), []), [])
})

test('a few rare counts are enough', (t) => {
  const rare = (first: number, last: number) => [
    { ...steady, goroutines: first },
    ...stretch({ goroutines: undefined }),
    { ...steady, goroutines: last },
  ]
  t.deepEqual(findLeaks('n1', rare(900, 100), rare(100, 100)), [])
  t.like(findLeaks('n1', rare(900, 100), rare(100, 400))[0], { baseline: 100, recovery: 400 })
})

test('what does not leak is told of too, so that it is known to have been judged', (t) => {
  const checks = checkLeaks('n1', stretch({}), stretch({ fds: 45 }))
  t.deepEqual(
    checks.map(({ resource }) => resource),
    ['rssBytes', 'fds', 'connections', 'goroutines'],
  )
  t.deepEqual(checks[1], { process: 'n1', resource: 'fds', baseline: 40, recovery: 45, limit: 50 })
})
