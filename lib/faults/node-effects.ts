import type { ServerNode } from '../topology/index.ts'
import type { Effect } from './effect.ts'
import type { NodeFault } from './fault.ts'
import { comesBack } from './not-back.ts'

interface Hold {
  /** Effects that keep the node away. */
  readonly by: Set<Effect>
  /** Whether one of those since its last start empties its store. */
  wipe: boolean
}

/** What faults do to server processes. One for each topology: a node that several faults hold is back with the last of them. */
export class NodeEffects {
  readonly #holds = new Map<ServerNode, Hold>()

  /** Of a fault on the nodes that its target means. */
  of({ kind, wipe }: NodeFault, nodes: readonly ServerNode[]): Effect[] {
    return nodes.map((node) => {
      const hold = this.#holdOn(node)
      const start = () =>
        comesBack(async () => {
          await node.start({ wipe: hold.wipe })
          hold.wipe = false
        })
      const effect: Effect = {
        target: node.name,
        where: `node ${node.name}`,
        async apply() {
          hold.by.add(effect)
          hold.wipe ||= wipe
          if (kind === 'pause') return node.pause()
          if (kind === 'kill') return node.kill()
          if (kind === 'lameDuck') return node.lameDuck()
          await node.stop()
          if (kind !== 'restart') return
          if (hold.by.size === 1) await start()
          hold.by.delete(effect)
        },
        async heal() {
          hold.by.delete(effect)
          if (hold.by.size > 0) return
          if (node.state === 'paused') node.resume()
          else if (node.state === 'down') await start()
        },
      }
      return effect
    })
  }

  #holdOn(node: ServerNode): Hold {
    const hold = this.#holds.get(node) ?? { by: new Set(), wipe: false }
    this.#holds.set(node, hold)
    return hold
  }
}
