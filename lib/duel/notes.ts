import { type Comparison, counted, overall } from '../report/index.ts'
import type { DuelRun, DuelSettings } from './state.ts'

/** What must be known of how a duel went to read its comparison, as whole sentences. */
export function notesOf(
  { runs, sides: [a, b] }: DuelSettings,
  all: readonly DuelRun[],
  { calibration, early }: { readonly calibration?: Comparison; readonly early: boolean },
): string[] {
  const rejected = (side: DuelRun['side']) =>
    all.filter((run) => run.stage === 'duel' && run.side === side && !run.counted).length
  const [ofA, ofB] = [rejected('a'), rejected('b')]
  return [
    ...(early ? [`Ended at its look, before the ${counted(runs, 'run')} a side that were planned: p ≤ 0.005.`] : []),
    ...(calibration ? [calibrationNote(calibration)] : []),
    // A side that is INVALID more often may be the one that is slower: those runs are missing from it.
    ...(ofA + ofB > 0
      ? [`INVALID and run again: ${counted(ofA, 'run')} of ${a.label}, ${counted(ofB, 'run')} of ${b.label}.`]
      : []),
  ]
}

function calibrationNote(calibration: Comparison): string {
  const verdict = overall(calibration)
  const isFit = verdict !== 'REGRESSED' && verdict !== 'IMPROVED'
  return `A against itself: ${verdict ?? 'no verdict'}${isFit ? '' : '; do not trust this comparison, the machine was not steady'}.`
}
