import type { MetricDefinition } from '../../measure/index.ts'
import type { Direction } from './judge.ts'

const moreIsBetter = new Set([
  'publish_attempts',
  'publish_acked',
  'publish_sent',
  'http_requests',
  'consumed',
  'iterations',
  'data_sent',
  'data_received',
  'fault_throughput',
  'active_instances',
])

/** Rates of success and throughput are better when they are higher; times, failures and what is used are not. */
export function betterOf({ name, type }: MetricDefinition): Direction {
  return type === 'rate' || type === 'throughput' || moreIsBetter.has(name) ? 'higher' : 'lower'
}
