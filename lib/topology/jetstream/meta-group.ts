/** The group that all of JetStream hangs on, as nats-server's /raftz names it. */
export const metaGroup = '_meta_'

/** That of one region, where each is a JetStream domain of its own: `_meta_:b`. No stream can have such a name. */
export function metaGroupOf(region: string): string {
  return `${metaGroup}:${region}`
}

export function isMetaGroup(group: string): boolean {
  return group === metaGroup || group.startsWith(`${metaGroup}:`)
}
