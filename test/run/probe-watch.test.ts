import test from 'ava'
import { ProbeWatch } from '../../lib/run/watch/probe-watch.ts'
import { bothOf } from '../../lib/run/watch/watch-of-cut.ts'

const watchOf = (look: () => Promise<void>) => {
  const broken: string[] = []
  const watch = new ProbeWatch({ look, said: () => '3 packets stopped' }, (how) => broken.push(how))
  return { watch, broken }
}

test('a cut through which something comes is told of once', async (t) => {
  const { watch, broken } = watchOf(() => Promise.reject(new Error('1.2.3.4:9 can be reached across the cut')))
  const proof = await new Promise((resolve) => setImmediate(() => resolve(watch.settled())))
  t.deepEqual(proof, { error: 'did not hold: 1.2.3.4:9 can be reached across the cut' })
  t.deepEqual(broken, ['did not hold: 1.2.3.4:9 can be reached across the cut'])
})

test('what comes through once it is being healed says nothing', async (t) => {
  let heal = () => {}
  const { watch, broken } = watchOf(async () => {
    heal()
    throw new Error('can be reached')
  })
  heal = () => watch.healing()
  watch.healing()
  t.deepEqual(await watch.settled(), { proof: '3 packets stopped' })
  t.deepEqual(broken, [])
})

test('a cut is one when both who look say so', async (t) => {
  const told: string[] = []
  const looker = (proof: object, name: string) => ({ healing: () => void told.push(name), settled: async () => proof })
  const good = looker({ proof: 'silent' }, 'one')
  const both = bothOf(good, looker({ proof: '3 packets stopped' }, 'other'))
  both.healing()
  t.deepEqual(told, ['one', 'other'])
  t.deepEqual(await both.settled(), { proof: 'silent; 3 packets stopped' })
  t.deepEqual(await bothOf(good, looker({ error: 'did not hold' }, 'other')).settled(), { error: 'did not hold' })
})
