import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../errors.ts'
import { writeOutput } from '../report/index.ts'
import type { SideName } from './order.ts'
import type { Side } from './side.ts'

/** What is fixed before the first run, so that nothing seen can change it. */
export interface DuelSettings {
  readonly script: string
  readonly sides: readonly [Side, Side]
  /** Runs of each side. */
  readonly runs: number
  readonly seed: number
  /** A against A first, with as many runs. */
  readonly calibrate: boolean
  /** Looked at once before the end: `looks.ts`. */
  readonly earlyStop: boolean
}

/** A run that was looked at: counted ones have a place in the order; the others only tell that they were. */
export interface DuelRun {
  readonly stage: Stage
  readonly place: number
  readonly side: SideName
  readonly file: string
  readonly verdict: string
  readonly counted: boolean
}

export type Stage = 'calibration' | 'duel'

export interface DuelState {
  readonly format: 'squall-duel'
  readonly version: 1
  readonly settings: DuelSettings
  readonly runs: readonly DuelRun[]
}

/**
 * The state of the duel in `folder`, or a new one. @throws UserError when another duel is there, or what is none.
 */
export async function openState(folder: string, settings: DuelSettings): Promise<DuelState> {
  const path = join(folder, 'state.json')
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw new UserError(`${path} could not be read: ${error.message}`)
  })
  if (text === undefined) return { format: 'squall-duel', version: 1, settings, runs: [] }
  const state = parse(text, path)
  if (JSON.stringify(state.settings) !== JSON.stringify(settings)) {
    throw new UserError(`${folder} holds another duel: its script, sides, runs, seed or rules differ.`, {
      hint: 'Go on with the same options, or give the new one a folder with --out.',
    })
  }
  return state
}

export async function writeState(folder: string, state: DuelState): Promise<void> {
  await writeOutput(`${JSON.stringify(state, undefined, 2)}\n`, join(folder, 'state.json'))
}

function parse(text: string, path: string): DuelState {
  let state: Partial<DuelState>
  try {
    state = JSON.parse(text) as Partial<DuelState>
  } catch (cause) {
    throw new UserError(`${path} is not the state of a duel: it is not JSON.`, { cause })
  }
  if (state?.format !== 'squall-duel' || state.version !== 1 || !Array.isArray(state.runs)) {
    throw new UserError(`${path} is not the state of a duel that this Squall can read.`)
  }
  return state as DuelState
}
