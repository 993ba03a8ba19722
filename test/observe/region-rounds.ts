import type { Crossing, RegionLayout, RegionLook } from '../../lib/observe/index.ts'
import { regionLooks } from '../../lib/observe/region-looks.ts'
import { madeRound } from './rounds.ts'

/** Of madeRound's nodes, each a region. */
export const layout: RegionLayout = {
  via: 'gateways',
  regions: [
    { name: 'a', nodes: ['n1'] },
    { name: 'b', nodes: ['n2', 'n3'] },
  ],
}

export interface MadeLook {
  /** Does a list b, and b a? */
  readonly listed?: readonly [boolean, boolean]
  /** When probes arrived from a to b and back; undefined for never. */
  readonly heard?: readonly [number | undefined, number | undefined]
  readonly roundTrips?: readonly number[]
  /** Does the server of b that the probe is connected to answer? */
  readonly answers?: boolean
}

/** Regions a and b at a time, joined in every way but what is said. */
export function madeLook(
  at: number,
  { listed = [true, true], heard = [at, at], roundTrips = [], answers = true }: MadeLook = {},
) {
  const crossing = (at: number | undefined): Crossing => ({ crossed: at !== undefined, first: at, last: at })
  const round = madeRound(at, {
    n1: { across: listed[0] ? ['n3'] : [] },
    n2: { across: listed[1] ? ['a'] : [] },
    n3: { up: answers },
  })
  const probed = { crossings: [crossing(heard[0]), crossing(heard[1])] as const, roundTrips, servers: ['n1', 'n3'] }
  return regionLooks(layout, round, () => probed)[0]! satisfies RegionLook
}
