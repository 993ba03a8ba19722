import test, { type ExecutionContext } from 'ava'
import { type Deviation, deviations } from '../../toxiproxy/index.ts'
import { type Engine, type Suite, suite } from './engines.ts'

type Observe<T> = (t: ExecutionContext, engine: Engine) => Promise<T>

export interface DeviationSuite extends Suite {
  /** One observation, and what each of the two shows; the real one is left out where it is not safe or not quick. */
  deviation<T>(id: string, observe: Observe<T>, shows: { readonly embedded: T; readonly real?: T }): void
}

/** The tests of all deviations that are seen in one place. */
export function deviationSuite(seen: Deviation['seen']): DeviationSuite {
  const both = suite()
  const covered = new Set<string>()

  test('every deviation is tested, and every test is of a deviation', (t) => {
    const listed = deviations.filter((deviation) => deviation.seen === seen)
    t.deepEqual([...covered].sort(), listed.map(({ id }) => id).sort())
  })

  return {
    ...both,
    deviation(id, observe, shows) {
      covered.add(id)
      both.embedded(id, async (t, engine) => void t.deepEqual(await observe(t, engine), shows.embedded))
      if (shows.real === undefined) return
      both.real(id, async (t, engine) => void t.deepEqual(await observe(t, engine), shows.real))
    },
  }
}
