/** How a region's share of a metric is named in the timeline: `publish_acked{region:a}`. */
export function ofRegion(metric: string, region: string): string {
  return `${metric}{region:${region}}`
}
