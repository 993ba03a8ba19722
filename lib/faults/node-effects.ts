import { messageOf, UserError } from '../errors.ts'
import type { ServerNode } from '../topology/index.ts'
import type { Effect } from './effect.ts'
import type { NodeFault } from './fault.ts'

/** A server that should be running again is not: a finding about the system, and no fault of the measurement. */
class NodeNotBack extends Error {
  override readonly name = 'NodeNotBack'

  constructor(cause: unknown) {
    const said = cause instanceof UserError ? cause.frame?.split('\n').at(-1) : undefined
    super(`${messageOf(cause)}${said ? ` ${said}` : ''}`, { cause })
  }
}

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
      if (kind === 'restart') await startAgain(node, wipe)
    },
    async heal() {
      if (node.state === 'paused') node.resume()
      else if (node.state === 'down') await startAgain(node, wipe)
    },
  }))
}

async function startAgain(node: ServerNode, wipe: boolean): Promise<void> {
  try {
    await node.start({ wipe })
  } catch (error) {
    throw new NodeNotBack(error)
  }
}

/** Is it that, and nothing else, that went wrong: looks into the errors that an injector makes of several. */
export function isNodeNotBack(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.every(isNodeNotBack)
  return error instanceof NodeNotBack || (error instanceof Error && isNodeNotBack(error.cause))
}
