import type { StreamPlan } from '../../load/index.ts'
import type { RegionLayout } from '../../observe/index.ts'
import { metaGroupOf } from '../../topology/index.ts'

/** In which region what is observed is, by its other tags. */
export class RegionTags {
  readonly #nodes: ReadonlyMap<string, string>
  readonly #streams: ReadonlyMap<string, string>

  constructor(layout: RegionLayout | undefined, streams: readonly StreamPlan[]) {
    const regions = layout?.regions ?? []
    this.#nodes = new Map(regions.flatMap(({ name, nodes }) => nodes.map((node) => [node, name])))
    this.#streams = new Map([
      ...regions.map(({ name }): [string, string] => [metaGroupOf(name), name]),
      ...streams.flatMap(({ name, region }): [string, string][] => (region === undefined ? [] : [[name, region]])),
    ])
  }

  /** The region of a node, else of a stream; nothing where neither has one. */
  of({ node = '', stream = '' }: Readonly<Record<string, string>>): { readonly region?: string } {
    const region = this.#nodes.get(node) ?? this.#streams.get(stream)
    return region === undefined ? {} : { region }
  }
}
