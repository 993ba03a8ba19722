import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { exitCode, UserError } from '../errors.ts'
import { deriveSeed } from '../measure/index.ts'
import { type CompareOptions, type Comparison, compare, overall, type Report, readReport } from '../report/index.ts'
import { aloneIn } from './alone.ts'
import { checkComparable } from './check-comparable.ts'
import { type ChildRun, runInChild } from './child-run.ts'
import { lastAlpha, lookAfter, lookAlpha } from './looks.ts'
import { notesOf } from './notes.ts'
import { orderOf, type SideName } from './order.ts'
import { argumentsOf, variedBy } from './side.ts'
import { type DuelRun, type DuelSettings, type DuelState, openState, type Stage, writeState } from './state.ts'
import { checkOut } from './worktree.ts'

export interface DuelOptions {
  readonly settings: DuelSettings
  readonly folder: string
  readonly compare: CompareOptions
  readonly interrupt: AbortSignal
  /** One line on how it goes. */
  readonly say: (line: string) => void
}

export interface Duelled {
  readonly base: readonly Report[]
  readonly head: readonly Report[]
  readonly comparison: Comparison
  /** A against A; absent unless asked for. */
  readonly calibration?: Comparison
  /** It ended at the look. */
  readonly early: boolean
}

/** A machine that is too busy for one run may not be for the next; for three in a row it is. */
const mostTries = 3

/** Plays what is left of a duel, and compares. @throws UserError, also when it is interrupted; what has run stays. */
export async function duel(options: DuelOptions): Promise<Duelled> {
  return aloneIn(options.folder, () => duelIn(options))
}

async function duelIn(options: DuelOptions): Promise<Duelled> {
  const { settings, folder } = options
  const state = await openState(folder, settings)
  await mkdir(join(folder, 'runs'), { recursive: true })
  const scripts = await checkOutSides(settings, folder)
  try {
    return await new Duel(options, state, scripts.paths).play()
  } finally {
    await scripts.end()
  }
}

type ScriptPaths = Readonly<Record<SideName, string>>

class Duel {
  readonly #options: DuelOptions
  readonly #scripts: ScriptPaths
  readonly #order: readonly SideName[]
  #state: DuelState

  constructor(options: DuelOptions, state: DuelState, scripts: ScriptPaths) {
    this.#options = options
    this.#state = state
    this.#scripts = scripts
    this.#order = orderOf(options.settings.runs, options.settings.seed)
  }

  async play(): Promise<Duelled> {
    const { settings } = this.#options
    let calibration: Comparison | undefined
    if (settings.calibrate) {
      await this.#runAll('calibration', 2 * settings.runs)
      const [base, head] = await this.#reports('calibration')
      calibration = compare(base, head, this.#options.compare)
    }
    const compared = (early: boolean, alpha: number | undefined, upTo?: number) =>
      this.#compared({ ...(calibration && { calibration }), early }, alpha, upTo)
    const look = settings.earlyStop ? lookAfter(settings.runs) : undefined
    if (look !== undefined) {
      await this.#runAll('duel', 2 * look)
      const found = await compared(true, lookAlpha, 2 * look)
      if (overall(found.comparison) === 'REGRESSED') return found
    }
    await this.#runAll('duel', 2 * settings.runs)
    return compared(false, look === undefined ? undefined : lastAlpha)
  }

  async #compared(
    went: Pick<Duelled, 'calibration' | 'early'>,
    alpha: number | undefined,
    upTo?: number,
  ): Promise<Duelled> {
    const [base, head] = await this.#reports('duel', upTo)
    const { settings, compare: options } = this.#options
    const comparison = compare(base, head, {
      ...options,
      varied: variedBy(settings.sides),
      notes: notesOf(settings, this.#state.runs, went),
      ...(alpha !== undefined && { alpha }),
    })
    return { base, head, comparison, ...went }
  }

  async #runAll(stage: Stage, upTo: number): Promise<void> {
    for (let place = 0; place < upTo; place += 1) {
      if (this.#counted(stage, place)) continue
      await this.#runAt(stage, place)
      // What makes the whole duel worthless is to be known after two runs, not after all.
      if (place % 2 === 1) await this.#checkComparable(stage)
    }
  }

  async #runAt(stage: Stage, place: number): Promise<void> {
    const { settings, folder, say } = this.#options
    const side = this.#order[place]!
    const name = `${stage === 'calibration' ? 'aa-' : ''}${String(place + 1).padStart(2, '0')}-${side}`
    for (let attempt = 1; ; attempt += 1) {
      const file = join('runs', `${name}.json`)
      const started = performance.now()
      await this.#runOnce(stage, place, side, join(folder, file))
      const { verdict, reasons } = (await readReport(join(folder, file))).result
      const counted = verdict !== 'invalid'
      // A rejected run is kept, under a name that no comparison will take for one of the others.
      const kept = counted ? file : join('runs', `${name}.invalid-${this.#rejected(stage, place) + 1}.json`)
      if (!counted) await rename(join(folder, file), join(folder, kept))
      await this.#add({ stage, place, side, file: kept, verdict, counted })
      const [a, b] = settings.sides
      const label = stage === 'calibration' ? `${a.label}, against itself` : (side === 'a' ? a : b).label
      const took = ((performance.now() - started) / 1_000).toFixed(1)
      const position = `${stage} ${place + 1} of ${2 * settings.runs}`
      say(`${position}: ${label}: ${verdict.toUpperCase()}, ${took}s${counted ? '' : ', not counted'}`)
      if (counted) return
      if (attempt === mostTries) {
        throw new UserError(
          `${mostTries} runs in a row were INVALID, so nothing is measured here. Of the last, ${join(folder, kept)}: ${reasons.join('; ')}.`,
          {
            exitCode: exitCode.invalid,
            hint: 'Give it a quieter machine or a lower rate, and run the same command again to go on.',
          },
        )
      }
    }
  }

  /** @throws UserError when it did not come to an end that says something of the system. */
  async #runOnce(stage: Stage, place: number, side: SideName, path: string): Promise<void> {
    const { settings, folder, interrupt } = this.#options
    const interrupted = () =>
      new UserError(`Interrupted; the run that was going on is not counted.`, {
        exitCode: exitCode.interrupted,
        hint: `Run the same command again to go on: ${folder}`,
      })
    if (interrupt.aborted) throw interrupted()
    const from = stage === 'calibration' ? 'a' : side
    const chosen = settings.sides[from === 'a' ? 0 : 1]
    // Both runs of a pair have the same randomness.
    const seed = deriveSeed(settings.seed, place >> 1)
    const options = ['--quiet', '--no-html', '--seed', String(seed), '--out', path]
    // Of a duel that was killed: it must not be taken for this run's.
    await rm(path, { force: true })
    const ended = await runInChild([this.#scripts[from], ...argumentsOf(chosen), ...options], interrupt)
    const says = [exitCode.passed, exitCode.invalid, exitCode.unknown, exitCode.failed] as readonly (number | null)[]
    if (says.includes(ended.code) && !interrupt.aborted) return
    const reasons = await readReport(path)
      .then(({ result }) => result.reasons.join('; '))
      .catch(() => '')
    await rm(path, { force: true })
    if (interrupt.aborted || ended.code === exitCode.interrupted) throw interrupted()
    const why = reasons || lastLines(ended)
    throw new UserError(`A run of ${chosen.label} ended with ${ended.code ?? 'a signal'}. ${why}`, {
      exitCode: ended.code === exitCode.scriptThrew ? exitCode.scriptThrew : exitCode.badInput,
    })
  }

  async #checkComparable(stage: Stage): Promise<void> {
    const { settings, compare } = this.#options
    checkComparable(await this.#reports(stage), compare, stage === 'duel' ? variedBy(settings.sides) : [])
  }

  async #reports(stage: Stage, upTo = Number.POSITIVE_INFINITY): Promise<[Report[], Report[]]> {
    const sides: Record<SideName, Report[]> = { a: [], b: [] }
    for (const run of this.#state.runs) {
      if (run.stage !== stage || !run.counted || run.place >= upTo) continue
      sides[run.side].push(await readReport(join(this.#options.folder, run.file)))
    }
    return [sides.a, sides.b]
  }

  #counted(stage: Stage, place: number): boolean {
    return this.#state.runs.some((run) => run.stage === stage && run.place === place && run.counted)
  }

  #rejected(stage: Stage, place: number): number {
    return this.#state.runs.filter((run) => run.stage === stage && run.place === place && !run.counted).length
  }

  async #add(run: DuelRun): Promise<void> {
    this.#state = { ...this.#state, runs: [...this.#state.runs, run] }
    await writeState(this.#options.folder, this.#state)
  }
}

/** The script of each side: as it is, or as it was at the side's `ref`. */
async function checkOutSides({ script, sides }: DuelSettings, folder: string) {
  const ends: (() => Promise<void>)[] = []
  const end = async () => {
    for (const one of ends) await one()
  }
  const paths: Record<SideName, string> = { a: script, b: script }
  try {
    for (const [index, name] of (['a', 'b'] as const).entries()) {
      const { ref } = sides[index]!.settings
      if (ref === undefined) continue
      const out = await checkOut(script, ref, join(folder, 'worktrees', name))
      ends.push(out.end)
      paths[name] = out.script
    }
  } catch (error) {
    await end()
    throw error
  }
  return { paths, end }
}

function lastLines({ output }: ChildRun): string {
  return output.trim().split('\n').slice(-6).join('\n')
}
