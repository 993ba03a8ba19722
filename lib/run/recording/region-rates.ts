import type { Aggregate, Stretch, Tags, TimelineBuilder, TrendDelta } from '../../measure/index.ts'
import { ofRegion } from '../../report/index.ts'
import type { Plan } from '../../script/index.ts'
import { shapeOf } from '../../topology/index.ts'

/** What is kept second by second for each region too, as `publish_acked{region:a}`. */
const counters = ['publish_acked', 'publish_sent', 'publish_failed', 'publish_indeterminate', 'consumed']
const trends = ['publish_latency', 'request_latency']

/** What each region had of the load, interval by interval; nothing where there are no regions. */
export class RegionRates {
  readonly #aggregate: Aggregate
  readonly #timeline: TimelineBuilder
  readonly #regions: readonly string[]
  readonly #consuming: readonly string[]
  #counts = new Map<string, number>()

  constructor({ topology, consumers }: Plan, aggregate: Aggregate, timeline: TimelineBuilder) {
    this.#aggregate = aggregate
    this.#timeline = timeline
    this.#regions = shapeOf(topology).regions.map(({ name }) => name)
    this.#consuming = this.#regions.filter((name) => consumers.some(({ region }) => region === name))
  }

  addCounter(stretch: Stretch, metric: string, { region }: Tags, by: number): void {
    if (region === undefined || !this.#isOne(region) || !counters.includes(metric)) return
    const name = ofRegion(metric, region)
    this.#timeline.addCounter(stretch, name, by)
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + by)
  }

  addTrend(stretch: Stretch, metric: string, { region }: Tags, scale: number, { pairs, max }: TrendDelta): void {
    if (region === undefined || !this.#isOne(region) || !trends.includes(metric)) return
    this.#timeline.addTrend(stretch, ofRegion(metric, region), scale, pairs, max)
  }

  /** Ends the interval. Its rates are samples of throughput where it has tags, which a part of a second has not. */
  end(seconds: number, tags: Tags | undefined): void {
    const counts = this.#counts
    this.#counts = new Map()
    if (!tags) return
    const count = (metric: string, region: string) => counts.get(ofRegion(metric, region)) ?? 0
    for (const region of this.#regions) {
      if (this.#aggregate.count('publish_attempts', { region }) === 0) continue
      const acked = count('publish_acked', region) + count('publish_sent', region)
      this.#aggregate.record('publish_throughput', { ...tags, region }, acked / seconds)
    }
    for (const region of this.#consuming) {
      this.#aggregate.record('consume_throughput', { ...tags, region }, count('consumed', region) / seconds)
    }
  }

  #isOne(region: string): boolean {
    return this.#regions.includes(region)
  }
}
