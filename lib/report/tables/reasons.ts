import type { LedgerResult } from '../../load/index.ts'
import { exact } from '../numbers.ts'
import type { Remark } from './remark.ts'

const operations = { publish: 'publishes', request: 'requests', http: 'http requests' } as const

/** Why publishes and requests did not get what they asked for: a sentence for each kind and outcome, the commonest reason first. */
export function reasonRemarks({ reasons = [] }: LedgerResult): Remark[] {
  const sentences = new Map<string, string[]>()
  for (const { operation, outcome, reason, count } of reasons) {
    const what = `${operations[operation]} ${outcome}`
    sentences.set(what, [...(sentences.get(what) ?? []), `${exact(count)} ${reason}`])
  }
  return [...sentences].map(
    ([what, parts]): Remark => ({ mark: '·', tone: 'caution', text: `${what}: ${parts.join(' · ')}` }),
  )
}
