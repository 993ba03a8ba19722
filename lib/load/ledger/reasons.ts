/** How many operations of one kind ended in one way for one reason. */
export interface ReasonCount {
  readonly operation: 'publish' | 'request' | 'http'
  readonly outcome: 'failed' | 'indeterminate'
  readonly reason: string
  readonly count: number
}

/** Of one operation and outcome so many reasons are told apart: some name ports or sizes, and are endless. */
const most = 20
const mostCharacters = 200
const others = 'other reasons'

/** Why operations did not get what they asked for, counted. */
export class Reasons {
  readonly #counts = {
    publish: { failed: new Map<string, number>(), indeterminate: new Map<string, number>() },
    request: { failed: new Map<string, number>(), indeterminate: new Map<string, number>() },
    http: { failed: new Map<string, number>(), indeterminate: new Map<string, number>() },
  }

  note(operation: ReasonCount['operation'], outcome: ReasonCount['outcome'], reason: string): void {
    const counts = this.#counts[operation][outcome]
    const known = counts.get(reason)
    if (known !== undefined) counts.set(reason, known + 1)
    else if (counts.size < most) counts.set(reason, 1)
    else counts.set(others, (counts.get(others) ?? 0) + 1)
  }

  /** By operation and outcome, the commonest first. */
  result(): ReasonCount[] {
    return Object.entries(this.#counts).flatMap(([operation, outcomes]) =>
      Object.entries(outcomes).flatMap(([outcome, counts]) =>
        [...counts]
          .sort(([, one], [, other]) => other - one)
          .map(
            ([reason, count]) =>
              ({ operation, outcome, reason: reason.slice(0, mostCharacters), count }) as ReasonCount,
          ),
      ),
    )
  }
}
