import test from 'ava'
import { closeLedger } from '../../lib/load/close-ledger.ts'
import type { ConsumerPlan } from '../../lib/load/index.ts'
import { Ledger } from '../../lib/load/ledger/ledger.ts'
import { randomFrom } from '../../lib/measure/random.ts'
import { orders } from './orders.ts'

type Outcome = 'acked' | 'sent' | 'failed' | 'indeterminate'

interface Published {
  readonly subject: string
  readonly outcome: Outcome
  readonly section: number
}

interface Delivery {
  readonly sequence: number
  readonly redelivered: boolean
}

interface History {
  readonly published: readonly Published[]
  readonly pulled: readonly Delivery[]
  readonly subscribed: readonly Delivery[]
  readonly members: number
}

const plansOf = (members: number): readonly ConsumerPlan[] => [
  {
    kind: 'pull',
    name: 'pull',
    index: 0,
    hasHandler: false,
    members,
    stream: 'ORDERS',
    filter: 'orders.eu.*',
    ack: 'explicit',
    ackWaitMs: 30_000,
    maxAckPending: 100,
    maxDeliver: -1,
    batch: 10,
  },
  { kind: 'subscription', name: 'core', index: 1, hasHandler: false, members, subject: 'orders.*.made' },
]

const subjects = ['orders.eu.made', 'orders.eu.paid', 'orders.us.made', 'orders.us.paid', 'other.eu.made']

/** Deliveries of what was published, some missing, again, or out of turn. */
function randomHistory(seed: number, size: number): History {
  const random = randomFrom(seed)
  const chance = (share: number) => random() < share
  const below = (limit: number) => Math.floor(random() * limit)
  const trouble = random() ** 3 * 0.5
  const outcomes: readonly Outcome[] = ['acked', 'sent', 'failed', 'indeterminate']
  let section = 0
  const published = Array.from({ length: size }, (): Published => {
    if (chance(5 / size)) section += 1
    const outcome = chance(trouble) ? outcomes[below(4)]! : chance(0.8) ? 'acked' : 'sent'
    return { subject: subjects[below(subjects.length)]!, outcome, section }
  })
  const deliveries = (wanted: (subject: string) => boolean): Delivery[] => {
    const made: Delivery[] = []
    for (const [sequence, { subject }] of published.entries()) {
      if (!wanted(subject) || chance(trouble / 2)) continue
      made.push({ sequence, redelivered: chance(trouble / 8) })
      if (chance(trouble)) made.push({ sequence, redelivered: chance(0.5) })
      if (made.length > 1 && chance(trouble / 2)) made.splice(below(made.length), 0, made.pop()!)
    }
    return made
  }
  const pulled = deliveries((subject) => subject.startsWith('orders.eu.'))
  const subscribed = deliveries((subject) => /^orders\..*\.made$/.test(subject))
  return { published, pulled, subscribed, members: chance(0.3) ? 2 : 1 }
}

function judged({ published, pulled, subscribed, members }: History) {
  const ledger = new Ledger(plansOf(members), [orders])
  let section = -1
  for (const { subject, outcome, section: wanted } of published) {
    while (section < wanted) {
      section += 1
      ledger.mark(section, { section: String(section) })
    }
    ledger.settle(ledger.attempt(subject), outcome)
  }
  const kinds = [pulled, subscribed].map((deliveries, index) =>
    deliveries.map(({ sequence, redelivered }) => ledger.deliver(index, sequence, redelivered)),
  )
  const lostBySection: Record<string, number> = {}
  ledger.lost((kind, tags) => {
    const key = `${kind} ${tags.section}`
    lostBySection[key] = (lostBySection[key] ?? 0) + 1
  })
  const { consumers } = closeLedger(ledger, { origin: 0, pending: new Map(), drained: true, audits: new Map() })
  const [pull, core] = consumers.map(({ lostExamples, ...counts }) => ({
    ...counts,
    named: lostExamples.map(({ sequence }) => sequence),
  }))
  return { kinds, pull, core, lostBySection }
}

/** The same by arrays and no thought of cost. */
function oracle({ published, pulled, subscribed, members }: History) {
  const all = published.map((message, sequence) => ({ ...message, sequence }))
  const lostBySection: Record<string, number> = {}
  const kindsOf = (deliveries: readonly Delivery[]) =>
    deliveries.map(({ sequence, redelivered }, place) => {
      if (redelivered) return 'redelivered' as const
      return deliveries.slice(0, place).some((before) => before.sequence === sequence) ? 'duplicate' : 'first'
    })
  const consumer = (
    [consumer, kind]: readonly ['pull' | 'core', 'pull' | 'subscription'],
    deliveries: readonly Delivery[],
    wanted: RegExp,
    must: readonly Outcome[],
  ) => {
    const got = (sequence: number) => deliveries.some((delivery) => delivery.sequence === sequence)
    const expected = all.filter(({ subject, outcome }) => wanted.test(subject) && must.includes(outcome))
    const lost = expected.filter(({ sequence }) => !got(sequence))
    for (const { section } of lost) {
      const key = `${kind} ${section}`
      lostBySection[key] = (lostBySection[key] ?? 0) + 1
    }
    const kinds = kindsOf(deliveries)
    const late = deliveries.filter(({ sequence, redelivered }, place) => {
      const before = deliveries.slice(0, place).map((delivery) => delivery.sequence)
      return !redelivered && !before.includes(sequence) && before.some((other) => other > sequence)
    })
    return {
      consumer,
      kind,
      expected: expected.length,
      received: new Set(deliveries.map(({ sequence }) => sequence)).size,
      lost: lost.length,
      recovered: all.filter(({ outcome, sequence }) => outcome === 'indeterminate' && got(sequence)).length,
      duplicates: kinds.filter((one) => one === 'duplicate').length,
      redelivered: kinds.filter((one) => one === 'redelivered').length,
      outOfOrder: members === 1 ? late.length : 0,
      pending: 0,
      neverConsumed: 0,
      named: lost.slice(0, 10).map(({ sequence }) => sequence),
    }
  }
  const pull = consumer(['pull', 'pull'], pulled, /^orders\.eu\.[a-z]+$/, ['acked'])
  const core = consumer(['core', 'subscription'], subscribed, /^orders\.[a-z]+\.made$/, ['acked', 'sent'])
  return { kinds: [kindsOf(pulled), kindsOf(subscribed)], pull, core, lostBySection }
}

test('what consumers got is judged as a naive oracle judges it', (t) => {
  const seen = new Set<string>()
  for (let seed = 1; seed <= 150; seed += 1) {
    const history = randomHistory(seed, 150)
    const must = oracle(history)
    t.deepEqual(judged(history), must, `seed ${seed}`)
    for (const [kind, counts] of [
      ['pull', must.pull],
      ['core', must.core],
    ] as const)
      for (const [name, count] of Object.entries(counts))
        if (typeof count === 'number' && count > 0) seen.add(`${kind} ${name}`)
  }
  // A count that was never above nothing was never compared.
  const counted = ['duplicates', 'expected', 'lost', 'outOfOrder', 'received', 'recovered', 'redelivered']
  t.deepEqual([...seen].sort(), [...counted.map((name) => `core ${name}`), ...counted.map((name) => `pull ${name}`)])
})
