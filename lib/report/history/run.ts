import { UserError } from '../../errors.ts'
import { isUsable, serversOf, setupOf } from '../compare/comparable.ts'
import type { Figure } from '../compare/figure.ts'
import { figuresIn, measureOf, type Wanted } from '../compare/figures.ts'
import { valueIn } from '../compare/value.ts'
import type { Report, Verdict } from '../schema.ts'

/** What a history keeps of a report, so that it does not hold all of them at once. */
export interface HistoryRun {
  readonly id: string
  readonly build: string
  /** Its path. */
  readonly script: string
  /** ISO 8601. */
  readonly startedAt: string
  readonly verdict: Verdict
  /** Do its numbers measure the system? */
  readonly usable: boolean
  /** By name, what must be alike in all runs of a line. */
  readonly setup: Readonly<Record<string, string>>
  /** What must be alike in all runs of a build. */
  readonly servers: string
  readonly values: readonly HistoryValue[]
  /** Why the report can have none of a figure, a sentence for each wanted one; undefined where it can. */
  readonly refused: readonly (string | undefined)[]
}

export interface HistoryValue {
  readonly figure: Figure
  readonly value: number
  /** Left out where it is 0 in every run. */
  readonly ifAny: boolean
}

export function historyRun(report: Report, wanted: readonly Wanted[]): HistoryRun {
  const measured = wanted.map((one) => ({ one, ...measure(report, one) }))
  return {
    id: report.id,
    build: report.build.label,
    script: report.plan.script.path,
    startedAt: report.startedAt,
    verdict: report.result.verdict,
    usable: isUsable(report),
    setup: setupOf(report),
    servers: serversOf(report),
    values: measured.flatMap(({ one, measure }) => {
      if (!measure) return []
      return figuresIn(report, one, measure).flatMap((figure) => {
        const value = valueIn(report, figure)
        return value === undefined ? [] : [{ figure, value, ifAny: one.ifAny ?? false }]
      })
    }),
    refused: measured.map(({ refused }) => refused),
  }
}

function measure(report: Report, one: Wanted) {
  try {
    return { measure: measureOf([report], one) }
  } catch (error) {
    // A metric of the script's own may be there in other reports.
    if (error instanceof UserError) return { refused: error.message }
    throw error
  }
}
