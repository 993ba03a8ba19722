import type { Cable } from './cables.ts'
import type { Rule } from './firewall.ts'
import type { Kernel } from './kernel.ts'
import type { Namespace } from './namespace.ts'

/** What one region sends does not get to another one. */
export interface RegionCut {
  readonly from: string
  readonly to: string
}

interface Held {
  readonly cuts: readonly RegionCut[]
  readonly action: Rule['action']
  /** Packets that its rules had stopped for others before. */
  readonly before: number
}

/**
 * Cuts between regions, by rules on the cables that join them: packets of a direction are stopped where they would leave the
 * one namespace and where they would enter the other, so that no proxy between them acknowledges anything. Several may be in
 * force at once. Every change is read back.
 */
export class KernelCuts {
  readonly #kernel: Kernel
  readonly #cables: readonly Cable[]
  readonly #namespaces: ReadonlyMap<string, Namespace>
  readonly #held = new Map<string, Held>()
  /** Packets that were stopped at a place, in all. */
  readonly #packets = new Map<string, number>()
  readonly #stopped = new Map<string, number>()
  #last: Promise<unknown> = Promise.resolve()

  constructor(kernel: Kernel, cables: readonly Cable[], namespaces: ReadonlyMap<string, Namespace>) {
    this.#kernel = kernel
    this.#cables = cables
    this.#namespaces = namespaces
  }

  /** Makes sure that rules are taken here. @throws when they are not. */
  async begin(): Promise<void> {
    await Promise.all([...this.#namespaces.keys()].map((region) => this.#replace(region)))
  }

  /** Of regions without a link between them nothing is cut. `id` is the occurrence's. */
  cut(id: string, cuts: readonly RegionCut[], action: Rule['action']): Promise<void> {
    return this.#inTurn(async () => {
      this.#held.set(id, { cuts, action, before: this.#packetsOf(cuts) })
      await this.#replaceFor(cuts)
    })
  }

  /** May be called for one that was made in part, or not at all, and again when it failed. */
  heal(id: string): Promise<void> {
    return this.#inTurn(async () => {
      const held = this.#held.get(id)
      if (!held) return
      this.#held.delete(id)
      try {
        await this.#replaceFor(held.cuts)
      } catch (error) {
        this.#held.set(id, held)
        throw error
      }
      this.#stopped.set(id, (this.#stopped.get(id) ?? 0) + this.#packetsOf(held.cuts) - held.before)
    })
  }

  /** How many packets a cut has stopped, all its times that are healed; where several overlap, each counts all of them. */
  stopped(id: string): number | undefined {
    return this.#stopped.get(id)
  }

  /** Where a region is reached by what comes from another one; undefined when they have no link. */
  addressOf(region: string, from: string): string | undefined {
    return this.#cable(region, from)?.insideAddress
  }

  async #inTurn(change: () => Promise<void>): Promise<void> {
    const turn = this.#last.then(change)
    this.#last = turn.catch(() => {})
    await turn
  }

  #cable(region: string, towards: string): Cable | undefined {
    return this.#cables.find((cable) => cable.region === region && cable.towards === towards)
  }

  /** Where the packets of a direction are stopped: as they leave, and as they come in. */
  #placesOf({
    from,
    to,
  }: RegionCut): { readonly region: string; readonly rule: Pick<Rule, 'interface' | 'direction'> }[] {
    const [leaving, entering] = [this.#cable(from, to), this.#cable(to, from)]
    return [
      ...(leaving ? [{ region: from, rule: { interface: leaving.inside, direction: 'out' as const } }] : []),
      ...(entering ? [{ region: to, rule: { interface: entering.inside, direction: 'in' as const } }] : []),
    ]
  }

  #packetsOf(cuts: readonly RegionCut[]): number {
    return cuts
      .flatMap((cut) => this.#placesOf(cut))
      .reduce((sum, { region, rule }) => sum + (this.#packets.get(keyOf(region, rule)) ?? 0), 0)
  }

  /** Where one cut drops what another one rejects, it is dropped. */
  #rulesOf(region: string): Rule[] {
    const rules = new Map<string, Rule>()
    for (const { cuts, action } of this.#held.values()) {
      for (const { region: where, rule } of cuts.flatMap((cut) => this.#placesOf(cut))) {
        const key = keyOf(where, rule)
        if (where !== region || rules.get(key)?.action === 'drop') continue
        rules.set(key, { ...rule, action, packets: this.#packets.get(key) ?? 0 })
      }
    }
    return [...rules.values()]
  }

  async #replaceFor(cuts: readonly RegionCut[]): Promise<void> {
    const regions = new Set(cuts.flatMap((cut) => this.#placesOf(cut)).map(({ region }) => region))
    const changes = [...regions].map(async (region) => {
      await this.#read(region)
      await this.#replace(region)
    })
    await Promise.allSettled(changes)
    await Promise.all(changes)
  }

  /** @throws when the rules are not what they should be afterwards. */
  async #replace(region: string): Promise<void> {
    const { firewall, commandOf } = this.#kernel
    const rules = this.#rulesOf(region)
    const call = firewall.replace(rules)
    await this.#namespaces.get(region)!.run(commandOf(call), call.input)
    const found = await this.#read(region)
    if (textOf(found) !== textOf(rules)) {
      throw new Error(
        `the rules of region ${region} read back as ${textOf(found) || 'none'}, not ${textOf(rules) || 'none'}`,
      )
    }
  }

  async #read(region: string): Promise<Rule[]> {
    const { firewall, commandOf } = this.#kernel
    const rules = firewall.parse(await this.#namespaces.get(region)!.run(commandOf(firewall.list)))
    for (const rule of rules) this.#packets.set(keyOf(region, rule), rule.packets)
    return rules
  }
}

function keyOf(region: string, rule: Pick<Rule, 'interface' | 'direction'>): string {
  return `${region} ${rule.interface} ${rule.direction}`
}

function textOf(rules: readonly Rule[]): string {
  return rules
    .map((rule) => `${rule.interface} ${rule.direction} ${rule.action}`)
    .sort()
    .join(', ')
}
