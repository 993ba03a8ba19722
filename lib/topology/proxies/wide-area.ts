import type { LinkPlan } from '../shapes/link.ts'
import type { WideAreaPlan } from '../shapes/regions.ts'
import type { ToxicSpec } from './toxic.ts'

/**
 * The toxics that make a link between two regions as long and as narrow as the plan says, in both directions. They are no
 * fault's, so that healing leaves them. None for other links.
 */
export function wideAreaToxics(link: LinkPlan, plans: readonly WideAreaPlan[]): ToxicSpec[] {
  const plan = plans.find(({ between: [a, b] }) =>
    [`between-${a}-${b}`, `between-${b}-${a}`].some((group) => link.groups.includes(group)),
  )
  if (!plan) return []
  const { latencyMs, jitterMs, kilobytesPerSecond: rate } = plan
  const attributes = { latency: Math.round(latencyMs), jitter: Math.round(jitterMs) }
  return (['upstream', 'downstream'] as const).flatMap((stream) => [
    ...(latencyMs > 0
      ? [{ name: `wide-area-latency-${stream}`, type: 'latency', stream, toxicity: 1, attributes }]
      : []),
    ...(rate === undefined
      ? []
      : [
          {
            name: `wide-area-bandwidth-${stream}`,
            type: 'bandwidth',
            stream,
            toxicity: 1,
            attributes: { rate: Math.max(1, Math.round(rate)) },
          },
        ]),
  ])
}
