import * as v from 'valibot'

/** What a script says of where clients go when no server of their region answers. */
export type Failover = string | true

export const failoverSchema = v.custom<Failover>(
  (value) => value === true || typeof value === 'string',
  'must be the name of another region, or true for all others in their order',
)

/** The regions to which clients of `home` go, in this order. */
export function failoverRegions(failover: Failover, home: string | undefined, names: readonly string[]): string[] {
  return failover === true ? names.filter((name) => name !== home) : [failover]
}

/** What is wrong with it, where there are the regions `names`: what it is, and why it can not be. */
export function failoverProblem(
  failover: Failover | undefined,
  home: string | undefined,
  names: readonly string[],
): { readonly is: string; readonly why: string } | undefined {
  if (failover === undefined) return undefined
  const is = `is ${JSON.stringify(failover)}`
  if (names.length === 0) return { is, why: 'the topology has no regions; regions() makes some' }
  if (failover === true) return undefined
  if (failover === home) return { is, why: 'that is where it is; it must be another region, or true' }
  return names.includes(failover) ? undefined : { is, why: `there is no such region: there are ${names.join(', ')}` }
}
