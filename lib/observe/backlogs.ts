import { electedBy } from '../topology/index.ts'
import { type Round, streamOn } from './sample.ts'

/** What a JetStream consumer has yet to deliver or to have acknowledged. */
export interface Backlog {
  readonly stream: string
  readonly consumer: string
  readonly messages: number
}

/** The consumers' backlogs in a round, each by the word of its leader. A consumer without one is left out. */
export function backlogsIn(round: Round, consumers: readonly Omit<Backlog, 'messages'>[]): Backlog[] {
  return consumers.flatMap(({ stream, consumer }) => {
    const members = round.nodes.flatMap((sample) => {
      const view = streamOn(sample, stream)?.consumers.find(({ name }) => name === consumer)
      return view ? [{ node: sample.node, ...view }] : []
    })
    const leader = electedBy(members)
    const led = members.find(({ node }) => node === leader)
    return led ? [{ stream, consumer, messages: led.pending }] : []
  })
}
