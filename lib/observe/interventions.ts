import type { GroupStatus } from './group-status.ts'
import type { Round } from './sample.ts'
import type { Span } from './spans.ts'

/** A group had no quorum, and could not have got it back by itself: too few of its peers were up. */
export interface Intervention extends Span {
  /** A meta group's or a stream's name. */
  readonly group: string
  /** Peers of the group that were down together; empty where all answered and did not reach each other. */
  readonly down: readonly string[]
  /** A sentence. */
  readonly whatToDo: string
}

interface Loss {
  readonly from: number
  /** Peers that were down in any look in which too many of them were. */
  readonly together: Set<string>
  /** Peers that were down in the last look. */
  down: readonly string[]
}

const kept = 1_000

/**
 * The losses of quorum that needed somebody, from looks in order of time. An election ends by itself; a majority of a group's
 * own peers that is down at once does not come back, and what had not ended when it was looked at last had not either.
 */
export class InterventionLog {
  readonly #losses = new Map<string, Loss>()
  readonly #past: Intervention[] = []

  /** `before` is the round before: a node that runs, and was late for this one alone, is not down. */
  add(round: Round, before: Round | undefined, statuses: readonly GroupStatus[]): void {
    const silent = round.nodes
      .filter(({ server, state }, index) => !server && !(state === 'running' && before?.nodes[index]?.server))
      .map(({ node }) => node)
    for (const { group, peers, needed, quorum } of statuses) {
      const loss = this.#losses.get(group)
      if (quorum) {
        if (loss) this.#end(group, loss, round.at)
        continue
      }
      const down = peers.filter((peer) => silent.includes(peer))
      const { together } = this.#begin(group, loss, round.at, down)
      if (peers.length - down.length < needed) for (const peer of down) together.add(peer)
    }
  }

  /** In the order in which they ended, those that have not last. The first 1 000. */
  get list(): readonly Intervention[] {
    const open = [...this.#losses].map(([group, { from, down }]) => interventionFor(group, { from }, down))
    return [...this.#past, ...open].slice(0, kept)
  }

  #begin(group: string, known: Loss | undefined, from: number, down: readonly string[]): Loss {
    if (known) {
      known.down = down
      return known
    }
    const loss = { from, together: new Set<string>(), down }
    this.#losses.set(group, loss)
    return loss
  }

  #end(group: string, { from, together }: Loss, to: number): void {
    this.#losses.delete(group)
    if (together.size === 0 || this.#past.length === kept) return
    this.#past.push(interventionFor(group, { from, to }, [...together].sort()))
  }
}

function interventionFor(group: string, span: Span, down: readonly string[]): Intervention {
  const whatToDo =
    down.length > 0
      ? `start ${down.join(', ')} until more than half of the group's peers answer`
      : 'all of its peers answer, so look at the routes between them'
  return { group, ...span, down, whatToDo }
}
