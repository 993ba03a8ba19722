/** A replica's own account of a stream, as its node's monitoring gives it. */
export interface ReplicaState {
  readonly node: string
  readonly firstSequence: number
  readonly lastSequence: number
  readonly messages: number
  readonly deleted: number
  readonly bytes: number
}

export interface ReplicaDifference {
  readonly field: Exclude<keyof ReplicaState, 'node'>
  readonly values: readonly { readonly node: string; readonly value: number }[]
}

const fields = ['firstSequence', 'lastSequence', 'messages', 'deleted', 'bytes'] as const

/**
 * In what the replicas of a stream differ; nothing when they agree. Once all of them are current, a difference means
 * that some node lost or kept what others did not: split brain (research nats.md §2.5). That they agree does not prove that
 * they hold the same: a server answers a read from whichever replica it likes, so no client can read one of them alone.
 */
export function compareReplicas(states: readonly ReplicaState[]): ReplicaDifference[] {
  return fields
    .filter((field) => states.some((state) => state[field] !== states[0]![field]))
    .map((field) => ({ field, values: states.map((state) => ({ node: state.node, value: state[field] })) }))
}
