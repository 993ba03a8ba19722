import { UserError } from '../errors.ts'
import { type CompareOptions, measureOf, obstacles, type Report, type Variable } from '../report/index.ts'

/**
 * What would make the whole duel worthless, to be known after its first pair: that the runs are not comparable, or that there
 * is no such metric as was asked for. That a figure is not there yet does not count: later runs may have it.
 *
 * @throws UserError for the first of them
 */
export function checkComparable(
  [base, head]: readonly [readonly Report[], readonly Report[]],
  { wanted = [], force = false }: CompareOptions,
  varied: readonly Variable[],
): void {
  for (const one of wanted) measureOf([...base, ...head], one)
  const against = obstacles(base, head, varied)
  if (against.length === 0 || force) return
  throw new UserError(`These runs will not be comparable. ${against[0]}`, {
    hint: [...against.slice(1), 'Make the runs alike and begin again in another folder (--out), or use --force.'].join(
      '\n',
    ),
  })
}
