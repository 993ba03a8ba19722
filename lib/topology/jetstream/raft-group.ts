/** How one member of a Raft group, the meta group's, a stream's or a consumer's, sees it. */
export interface GroupView {
  /** Undefined when it knows none. */
  readonly leader: string | undefined
  /** Members, itself included, as far as it knows. */
  readonly size: number
  /** The others. The meta group's are known to its leader only; who is in contact, the leader alone can tell. */
  readonly replicas: readonly ReplicaView[]
}

export interface ReplicaView {
  readonly name: string
  /** Heard of lately, and has applied all. */
  readonly current: boolean
  readonly offline: boolean
  /** Milliseconds since it was last heard from; 0 for never. */
  readonly activeMs: number
}

export interface Member {
  readonly node: string
  readonly group: GroupView
}

/**
 * Who leads, by the word of the members that could be asked. One node's word is not enough: a leader that is cut off calls
 * itself leader for up to 20 s more, and the followers of one that died name it until they elect another. So a leader is
 * whom more than half of the group names, itself included.
 * @param size of the group; what its members say when it is left out
 */
export function electedBy(members: readonly Member[], size = sizeOf(members)): string | undefined {
  return members.find((member) => {
    const votes = members.filter(({ group }) => group.leader === member.node)
    return votes.includes(member) && votes.length > size / 2
  })?.node
}

function sizeOf(members: readonly Member[]): number {
  return Math.max(0, ...members.map(({ group }) => group.size))
}
