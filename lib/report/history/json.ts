import { changeOf, finiteJson, named } from '../compare/json.ts'
import type { BuildHistory } from './history.ts'
import { isWorse } from './table.ts'

/** For programs: every line, every build of it with each run's value, every change. What is infinite is the text "Infinity". */
export function historyJson({ lines, leftOut, ...rest }: BuildHistory): string {
  return finiteJson({
    format: 'squall-history',
    version: 1,
    ...rest,
    leftOut,
    lines: lines.map((line) => ({
      ...named(line.figure),
      unit: line.figure.definition.unit,
      better: line.figure.better,
      scale: line.scale,
      canShowChange: line.canShow,
      builds: line.builds,
      changes: line.changes.map(({ at, shift, p }) => ({
        build: line.builds[at]!.build,
        after: line.builds[at - 1]!.build,
        change: changeOf(shift, line.scale),
        is: isWorse(line, shift) ? 'worse' : 'better',
        p,
      })),
    })),
  })
}
