import { leastRuns } from '../report/index.ts'

/**
 * When a duel may end early: one look, at half of the runs but never fewer than a verdict needs, at which only p ≤ 0.005
 * counts; at its end 0.045 do. Together at most 0.05 (Bonferroni), so that looking costs no false verdicts.
 */
export const lookAlpha = 0.005
export const lastAlpha = 0.045

/** After how many runs of each side the look is; undefined where so few are planned that there is none. */
export function lookAfter(runs: number): number | undefined {
  const after = Math.max(leastRuns, Math.ceil(runs / 2))
  return after < runs ? after : undefined
}
