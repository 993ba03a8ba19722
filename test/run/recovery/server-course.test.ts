import test from 'ava'
import { type Backlog, backlogsIn, History, type Observation } from '../../../lib/observe/index.ts'
import { ServerCourse } from '../../../lib/run/recovery/server-course.ts'
import { type MadeNode, madeRound } from '../../observe/rounds.ts'

const down: MadeNode = { up: false, state: 'down' }
const led = (leader: string, metaLeader = leader): MadeNode => ({ leader, metaLeader })
/** n1 is down, and n2 and n3 still name it. */
const leaderless = { n1: down }
const byN2 = { n1: down, n2: led('n2'), n3: led('n2') }

/** Looks at 0 s, 1 s, 2 s …, of which the first is before the fault at 0.5 s. */
function courseOf(
  looks: Record<string, MadeNode>[],
  { healedAt, backlog = [] }: { healedAt?: number; backlog?: number[] } = {},
) {
  const history = new History(['S'], 0)
  const [before, ...after]: Observation[] = looks.map((nodes, index) => history.add(madeRound(index * 1_000, nodes)))
  const course = new ServerCourse(
    500,
    before,
    { backlogs: new Map([['billing', 4]]), queues: new Map([['COPY', 1]]) },
    50,
  )
  if (healedAt !== undefined) course.healed(healedAt)
  after.forEach((look, index) => {
    const messages = backlog[index]
    const isKnown = messages !== undefined
    course.add(look, {
      backlogs: isKnown ? [{ stream: 'S', consumer: 'billing', messages }] : [],
      queues: isKnown ? [{ stream: 'COPY', region: 'b', messages }] : [],
    })
  })
  return course
}

test('a leader that was taken: until another is seen to lead, for the stream and the meta group', (t) => {
  const course = courseOf([{}, leaderless, leaderless, leaderless, byN2])
  t.deepEqual(course.newLeaders(9_000), { _meta_: { ms: 3_500 }, S: { ms: 3_500 } })
  t.deepEqual(course.kept, [])
  t.is(course.leaderlessUntil(9_000), 4_000)
  t.deepEqual(course.sign, { at: 1_000, text: 'n1 did not answer' })
})

test('a follower that was taken: every group kept its leader', (t) => {
  const course = courseOf([{}, { n3: down }, { n3: down }, {}])
  t.deepEqual(course.newLeaders(9_000), {})
  t.deepEqual(course.kept, ['_meta_', 'S'])
  t.is(course.leaderlessUntil(9_000), undefined)
  t.deepEqual(course.sign, { at: 1_000, text: 'n3 did not answer' })
})

test('a leader that is never replaced is waited for in vain', (t) => {
  const course = courseOf([{}, leaderless, leaderless])
  t.deepEqual(course.newLeaders(7_500), { _meta_: { notWithinMs: 7_000 }, S: { notWithinMs: 7_000 } })
  t.is(course.leaderlessUntil(7_500), 7_500)
})

test('a leader that comes back leads again', (t) => {
  t.deepEqual(courseOf([{}, leaderless, leaderless, {}]).newLeaders(9_000), { _meta_: { ms: 2_500 }, S: { ms: 2_500 } })
})

test('an election long after the heal is not the fault’s', (t) => {
  const moved = { n1: led('n2'), n2: led('n2'), n3: led('n2') }
  t.deepEqual(courseOf([{}, {}, {}, {}, moved], { healedAt: 1_200 }).newLeaders(9_000), {})
  t.deepEqual(courseOf([{}, {}, moved], { healedAt: 1_200 }).newLeaders(9_000), {
    _meta_: { ms: 1_500 },
    S: { ms: 1_500 },
  })
})

test('nothing seen is no sign, nor is a running node that was late once', (t) => {
  t.is(courseOf([{}, {}, {}]).sign, undefined)
  t.is(courseOf([{}, { n3: { up: false } }, {}]).sign, undefined)
  t.deepEqual(courseOf([{}, { n3: { up: false } }, { n3: { up: false } }]).sign, {
    at: 2_000,
    text: 'n3 did not answer',
  })
})

test('a node that was down before is no sign of this fault', (t) => {
  t.is(courseOf([{ n3: down }, { n3: down }]).sign, undefined)
})

test('a backlog has a peak, and is drained when it is what it was, or next to nothing', (t) => {
  const course = courseOf([{}, {}, {}, {}, {}], { healedAt: 2_200, backlog: [30, 700, 300, 49] })
  t.deepEqual(course.backlogs(9_000, true), {
    billing: { stream: 'S', before: 4, peak: 700, drained: { ms: 1_800 } },
  })
  t.deepEqual(course.queues(9_000, true), {
    COPY: { region: 'b', before: 1, peak: 700, drained: { ms: 1_800 } },
  })
  t.deepEqual(courseOf([{}, {}, {}], { healedAt: 1_200, backlog: [30, 700] }).backlogs(3_000, true), {
    billing: { stream: 'S', before: 4, peak: 700, drained: { notWithinMs: 1_800 } },
  })
  t.deepEqual(courseOf([{}, {}], { backlog: [30] }).backlogs(3_000, false), {
    billing: { stream: 'S', before: 4, peak: 30 },
  })
})

test('a consumer of a copy has drained once the copy has, too: what that lacked is yet to come', (t) => {
  const history = new History(['S'], 0)
  const looks = Array.from({ length: 7 }, (_, second) => history.add(madeRound(second * 1_000, {})))
  const course = new ServerCourse(500, looks[0], { backlogs: new Map(), queues: new Map() }, 50)
  course.healed(2_200)
  const waiting = [
    [900, 0],
    [950, 0],
    [980, 0],
    [0, 980],
    [0, 300],
    [0, 0],
  ] as const
  for (const [index, [queued, pending]] of waiting.entries()) {
    const queues = [{ stream: 'COPY', region: 'b', messages: queued }]
    course.add(looks[index + 1]!, { backlogs: [{ stream: 'COPY', consumer: 'far', messages: pending }], queues })
  }
  t.like(course.queues(9_000, true).COPY, { peak: 980, drained: { ms: 1_800 } })
  t.like(course.backlogs(9_000, true).far, { peak: 980, drained: { ms: 3_800 } })
})

test('of a consumer its leader has the word: whom more than half of its members name', (t) => {
  const views = (...of: (readonly [leader: string | undefined, pending: number] | undefined)[]) => {
    const round = madeRound(0)
    const nodes = round.nodes.map((sample, index) => {
      const view = of[index]
      const group = { leader: view?.[0], size: 3, replicas: [] }
      const consumers = view ? [{ name: 'billing', group, pending: view[1] }] : []
      const streams = sample.server!.streams.map((stream) => ({ ...stream, consumers }))
      return { ...sample, server: { ...sample.server!, streams } }
    })
    return backlogsIn({ ...round, nodes }, [{ stream: 'S', consumer: 'billing' }])
  }
  const backlog = (messages: number): Backlog[] => [{ stream: 'S', consumer: 'billing', messages }]
  t.deepEqual(views(['n2', 0], ['n2', 17], ['n2', 0]), backlog(17))
  t.deepEqual(views(['n1', 900], ['n2', 17], ['n2', 0]), backlog(17))
  t.deepEqual(views(['n2', 0], undefined, ['n2', 5]), [])
  t.deepEqual(views([undefined, 0], [undefined, 3], [undefined, 0]), [])
})
