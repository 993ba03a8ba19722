import * as v from 'valibot'
import { isOfMachinery, mappingProblem, mapSubject, subjectsOverlap } from '../load/index.ts'
import * as s from '../schema.ts'
import type { TopologyPlan } from '../topology/index.ts'
import { type Problems, pathText } from './problems.ts'

/** Says what is wrong with the `mappings` of a topology's regions. */
export function sayMappings(topology: TopologyPlan | undefined, problems: Problems): void {
  if (topology?.kind !== 'regions') return
  for (const { name, mappings = {} } of topology.regions) {
    const patterns = Object.keys(mappings)
    for (const [index, [from, to]] of Object.entries(mappings).entries()) {
      const path = ['topology', 'regions', name, 'mappings', from]
      const problem = problemOf(from, to, patterns.slice(0, index))
      if (problem) problems.add(path, `${pathText(path)} ${problem}`)
    }
  }
}

const machinery = 'subjects on which servers and clients talk among themselves, such as _INBOX and $JS'

/** The end of a sentence about a mapping; undefined when nothing is wrong with it. */
function problemOf(from: string, to: string, earlier: readonly string[]): string | undefined {
  if (!v.is(s.subjectPattern, from))
    return 'maps what is no subject; it must be one such as "orders.created", "orders.*" or "orders.>"'
  if (isOfMachinery(from)) return `takes in ${machinery}; begin it with a word, such as "orders.>"`
  // nats-server 2.9 reads them in an order of its own, another one at each start.
  const other = earlier.find((pattern) => subjectsOverlap(pattern, from))
  if (other !== undefined)
    return `overlaps with "${other}", and servers differ in which of both they take; no subject may fit two of them`
  const wrong = mappingProblem(from, to)
  if (wrong) return `is "${to}"; it ${wrong}`
  const subject = subjectOf(from)
  const mapped = mapSubject({ filter: from, to }, subject)!
  if (isOfMachinery(mapped)) return `is "${to}", which is one of the ${machinery}; begin it with a word, such as "eu"`
  if (mapped === subject) return `is "${to}", which is the same subject; it must be another one`
  return undefined
}

/** A subject that fits a pattern, a different word for each wildcard. */
function subjectOf(pattern: string): string {
  const tokens = pattern.split('.')
  return tokens.map((token, position) => (token === '*' || token === '>' ? `word${position}` : token)).join('.')
}
