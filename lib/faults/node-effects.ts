import type { ServerNode } from '../topology/index.ts'
import type { Effect } from './effect.ts'
import type { NodeFault } from './fault.ts'
import { comesBack } from './not-back.ts'

/** What a fault does to the server processes that its target means. */
export function nodeEffects({ kind, wipe }: NodeFault, nodes: readonly ServerNode[]): Effect[] {
  return nodes.map((node) => ({
    target: node.name,
    where: `node ${node.name}`,
    async apply() {
      if (kind === 'pause') return node.pause()
      if (kind === 'kill') return node.kill()
      if (kind === 'lameDuck') return node.lameDuck()
      await node.stop()
      if (kind === 'restart') await comesBack(() => node.start({ wipe }))
    },
    async heal() {
      if (node.state === 'paused') node.resume()
      else if (node.state === 'down') await comesBack(() => node.start({ wipe }))
    },
  }))
}
