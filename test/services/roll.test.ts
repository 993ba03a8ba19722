import test from 'ava'
import { Roll, type RollPlan, type RollStep } from '../../lib/services/index.ts'
import { until } from '../topology/support.ts'
import { haproxyBinary, release, startWeb } from './support.ts'

const plan: RollPlan = {
  order: 'forward',
  pauseMs: 0,
  waitHealthyMs: 30_000,
  drainMs: 10_000,
  maxUnavailable: 1,
  surge: false,
  to: {},
}
const get = async (url: string) => (await fetch(url, { headers: { connection: 'close' } })).text()

test('each is drained, stopped, started and active before the next one; to another build if so told', async (t) => {
  const { service } = await startWeb(t, { instances: 3 })
  const told: string[] = []
  const roll = new Roll(service, service.instances, { ...plan, to: { env: { BUILD: 'b' } } }, ({ instance }) =>
    told.push(instance),
  )
  await roll.done
  t.is(roll.failure, undefined)
  t.deepEqual(roll.left, [])
  t.deepEqual(told, ['web-1', 'web-2', 'web-3'])
  let before = 0
  for (const { beganAt, drainedAt, stoppedAt, startedAt, activeAt, error } of roll.steps) {
    const times = [before, beganAt, drainedAt!, stoppedAt!, startedAt!, activeAt!]
    t.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
    )
    t.is(error, undefined)
    before = activeAt!
  }
  for (const answer of await Promise.all(service.urls.map(get))) t.regex(answer, /^web-\d b /)
  t.true((await service.look()).every(({ active }) => active))
})

test('it stops at one that does not come back, says its last words, and the others go on', async (t) => {
  const { service } = await startWeb(t, { instances: 3 })
  const roll = new Roll(service, service.instances, { ...plan, to: { env: { CRASH: '1' } } })
  await roll.done
  t.is(roll.failure, roll.steps[0]!.error)
  t.regex(roll.failure!, /^web-1 ended while it was starting \(exit code 7\)\..* can not go on$/)
  t.deepEqual(roll.left, ['web-2', 'web-3'])
  t.deepEqual(
    (await service.look()).map(({ active }) => active),
    [false, true, true],
  )
})

test('waitHealthy is how long one may take to come back, however short its startDeadline is', async (t) => {
  const { service } = await startWeb(t, { instances: 2, startDeadline: '6s' })
  const [first] = service.instances
  const slow = { command: ['sh', '-c', 'sleep 7; exec "$0" "$@"', ...first!.plan.command!] }
  const roll = new Roll(service, service.instances.slice(0, 1), { ...plan, to: slow })
  await roll.done
  t.is(roll.failure, undefined)
  const ill = new Roll(service, service.instances.slice(0, 1), {
    ...plan,
    waitHealthyMs: 300,
    to: { env: { SICK: '1' } },
  })
  await ill.done
  t.regex(ill.failure!, /^web-1 was not (ready|healthy) within 300ms: /)
})

test('it waits for others that are missing, and gives up when they do not come back', async (t) => {
  const { service } = await startWeb(t, { instances: 2 })
  const [, second] = service.instances
  await second!.kill()
  const impatient = new Roll(service, service.instances, { ...plan, waitHealthyMs: 100 })
  await impatient.done
  t.regex(impatient.failure!, /^web-1 was not restarted: web-2 took no work for 100ms, and maxUnavailable is 1$/)

  const steps: RollStep[] = []
  const roll = new Roll(service, service.instances, plan, (step) => steps.push(step))
  await second!.start()
  await roll.done
  t.deepEqual(
    steps.map(({ instance, error }) => [instance, error]),
    [
      ['web-1', undefined],
      ['web-2', undefined],
    ],
  )
})

test('finished before its end it completes the one under way and names those that are left', async (t) => {
  const { service } = await startWeb(t, { instances: 3 })
  const roll = new Roll(service, service.instances, { ...plan, pauseMs: 600_000 })
  await until(() => roll.steps.length === 1)
  await roll.finish()
  t.deepEqual([roll.left, roll.failure], [['web-2', 'web-3'], undefined])
  t.true((await service.look()).every(({ active }) => active))
})

test('a surge ends the old one when what it has under way is done, also one that drops all at its stop signal', async (t) => {
  const haproxy = await haproxyBinary(t)
  if (!haproxy) return
  const { service } = await startWeb(t, { loadBalancer: 'haproxy', stopSignal: 'SIGUSR2' }, { haproxy })
  const [first] = service.instances
  const [url] = service.urls
  const urls = service.instances.map((instance) => instance.url)
  const status = async () => (await fetch(`${url}/held`)).status
  const answers = Promise.all([status(), status()])
  await until(async () => (await service.balancer!.stats()).every(({ sessions }) => sessions === 1))
  const roll = new Roll(service, [first!], { ...plan, drainMs: 120_000, surge: true, to: { env: { BUILD: 'b' } } })
  // The new one has the work, and the old one what it had before.
  await until(async () => / b /.test(await get(url!)))
  t.deepEqual(roll.steps, [])
  await Promise.all(urls.map(release))
  await roll.done
  t.deepEqual(await answers, [200, 200])
  const [step] = roll.steps
  t.deepEqual([step!.error, step!.lostRequests], [undefined, 0])
  t.true(step!.startedAt! < step!.drainedAt! && step!.drainedAt! <= step!.stoppedAt!)
})

test('behind HAProxy no request is lost, with and without a surge', async (t) => {
  const haproxy = await haproxyBinary(t)
  if (!haproxy) return
  const { service } = await startWeb(t, { instances: 2, loadBalancer: 'haproxy' }, { haproxy })
  for (const surge of [false, true]) {
    let least = service.instances.length
    const ports = service.instances.map(({ port }) => port)
    const roll = new Roll(service, service.instances, { ...plan, surge })
    let isOver = false
    void roll.done.then(() => {
      isOver = true
    })
    let answered = 0
    while (!isOver) {
      const response = await fetch(`${service.urls[0]}/slow/20`)
      t.is(response.status, 200)
      await response.text()
      answered += 1
      least = Math.min(least, (await service.look()).filter(({ active }) => active).length)
    }
    t.is(roll.failure, undefined)
    t.true(answered > 0 && least >= 1)
    t.deepEqual(
      roll.steps.map(({ lostRequests }) => lostRequests),
      [0, 0],
    )
    const moved = service.instances.map(({ port }, index) => port !== ports[index])
    t.deepEqual(moved, [surge, surge])
  }
})
