import { formatCount, formatDuration } from '../measure/index.ts'
import { exact } from './numbers.ts'
import { toAscii } from './terminal/ascii.ts'
import { palette } from './terminal/colour.ts'
import { clean, textWidth, truncate } from './terminal/text.ts'

/** What live progress shows. Times in milliseconds, rates a second. */
export interface ProgressState {
  readonly stage: 'starting' | 'setup' | 'load' | 'finishing' | 'draining' | 'stopping'
  readonly phases: readonly { readonly name: string; readonly durationMs: number }[]
  readonly phaseIndex: number
  readonly phaseElapsedMs: number
  readonly totalElapsedMs: number
  readonly totalMs: number
  /** Absent in a closed loop. */
  readonly targetRate?: number
  /** Over the last second, as are the percentiles. */
  readonly rate: number
  readonly p50?: number
  readonly p99?: number
  readonly inFlight: number
  /** Since the load started. `errors` are iterations that threw. */
  readonly failed: number
  readonly indeterminate: number
  readonly dropped: number
  readonly errors: number
  /** The window in words while a fault is in force or being got over. */
  readonly fault?: string
}

export interface ProgressView {
  /** Columns. */
  readonly width: number
  readonly colour: boolean
  readonly unicode?: boolean
}

const widestBar = 30
const narrowestBar = 8

const stageTexts: Readonly<Record<Exclude<ProgressState['stage'], 'load'>, string>> = {
  starting: 'starting the topology',
  setup: 'running setup',
  finishing: 'waiting for what is in flight',
  draining: 'consumers are reading what is left',
  stopping: 'stopping',
}

interface Part {
  readonly text: string
  readonly paint?: (text: string) => string
}

/** The live area: a line on time, one on speed, one on trouble; none wider than the view. */
export function renderProgress(state: ProgressState, { width, colour, unicode = true }: ProgressView): string[] {
  const paint = palette(colour)
  const beforeLoad = state.stage === 'starting' || state.stage === 'setup'
  const lines = beforeLoad
    ? [fit([{ text: stageTexts[state.stage], paint: paint.strong }], width)]
    : [timeLine(), fit(speed(state), width), fit(trouble(state), width)]
  return unicode ? lines : lines.map(toAscii)

  function timeLine(): string {
    const parts = [phaseText(state), `${clock(state.phaseElapsedMs)}/${clock(phaseDuration(state))}`]
    const total = state.phases.length > 1 ? ` of ${clock(state.totalMs)}` : ''
    if (state.stage !== 'load') {
      return fit([{ text: stageTexts[state.stage], paint: paint.strong }, { text: clock(state.totalElapsedMs) }], width)
    }
    const [name, times] = [truncate(parts[0]!, Math.max(12, width - narrowestBar - 24)), parts[1]! + total]
    const room = Math.min(widestBar, width - textWidth(name) - textWidth(times) - 4)
    const whole = phaseDuration(state)
    const share = whole > 0 ? Math.min(1, Math.max(0, state.phaseElapsedMs / whole)) : 1
    const bar = room < narrowestBar ? [] : [barText(room, share)]
    return fit([{ text: name, paint: paint.strong }, ...bar, { text: times }], width)
  }

  function barText(room: number, share: number): Part {
    const filled = Math.round(room * share)
    const text = '━'.repeat(filled) + '─'.repeat(room - filled)
    const done = state.fault === undefined ? paint.good : paint.fault
    return { text, paint: () => done('━'.repeat(filled)) + paint.dim('─'.repeat(room - filled)) }
  }

  function trouble({ failed, indeterminate, dropped, errors, fault }: ProgressState): Part[] {
    const count = (amount: number, word: string): Part => ({
      text: `${exact(amount)} ${word}`,
      paint: amount > 0 ? paint.caution : paint.dim,
    })
    return [
      ...(fault === undefined ? [] : [{ text: clean(fault), paint: paint.fault }]),
      count(failed, 'failed'),
      count(indeterminate, 'indeterminate'),
      count(errors, 'errors'),
      count(dropped, 'dropped'),
    ]
  }
}

/** The same in one plain line, for a log: `12s  failures 2/3  198/s of 200/s  p99 4.5ms  …`. */
export function renderProgressLine(state: ProgressState): string {
  if (state.stage === 'starting' || state.stage === 'setup') return stageTexts[state.stage]
  const { failed, indeterminate, errors, dropped, fault } = state
  return [
    clock(state.totalElapsedMs).padStart(5),
    state.stage === 'load' ? phaseText(state) : stageTexts[state.stage],
    ...speed(state).map(({ text }) => text),
    `${exact(failed)} failed`,
    `${exact(indeterminate)} indeterminate`,
    ...(errors > 0 ? [`${exact(errors)} errors`] : []),
    ...(dropped > 0 ? [`${exact(dropped)} dropped`] : []),
    ...(fault === undefined ? [] : [clean(fault)]),
  ].join('  ')
}

function speed({ rate, targetRate, p50, p99, inFlight }: ProgressState): Part[] {
  const of = targetRate === undefined ? '' : ` of ${formatCount(targetRate)}/s`
  return [
    { text: `${formatCount(rate)}/s${of}` },
    { text: `p99 ${p99 === undefined ? '–' : formatDuration(p99)}` },
    { text: `p50 ${p50 === undefined ? '–' : formatDuration(p50)}` },
    { text: `${exact(inFlight)} in flight` },
  ]
}

function phaseText({ phases, phaseIndex }: ProgressState): string {
  return `${clean(phases[phaseIndex]?.name ?? '')} ${phaseIndex + 1}/${phases.length}`
}

function phaseDuration({ phases, phaseIndex }: ProgressState): number {
  return phases[phaseIndex]?.durationMs ?? 0
}

/** Whole seconds: tenths would only flicker. */
function clock(milliseconds: number): string {
  return formatDuration(Math.floor(milliseconds / 1_000) * 1_000)
}

/** Parts side by side, the last ones left out where there is no room; the first is cut rather than left out. */
function fit(parts: readonly Part[], width: number): string {
  let line = ''
  let used = 0
  for (const { text, paint = (plain: string) => plain } of parts) {
    const gap = used === 0 ? '' : '  '
    if (used > 0 && used + gap.length + textWidth(text) > width) break
    const cut = truncate(text, width)
    line += gap + paint(cut)
    used += gap.length + textWidth(cut)
  }
  return line
}
