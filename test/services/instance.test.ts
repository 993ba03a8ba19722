import test from 'ava'
import { UserError } from '../../lib/errors.ts'
import { candidatePort } from '../../lib/topology/index.ts'
import { isListening, isRunning, until } from '../topology/support.ts'
import { startWeb } from './support.ts'

const get = async (url: string) => (await fetch(url, { headers: { connection: 'close' } })).text()

test('every instance has a port, a name and links of its own', async (t) => {
  const { services, service } = await startWeb(t, { instances: 3, env: { BUILD: 'b' } })
  const answers = await Promise.all(service.urls.map(get))
  t.deepEqual(
    answers.map((answer) => answer.split(' ').slice(0, 2)),
    [
      ['web-1', 'b'],
      ['web-2', 'b'],
      ['web-3', 'b'],
    ],
  )
  t.is(new Set(answers.map((answer) => answer.split(' ')[2])).size, 3)
  t.deepEqual(
    services.links.map(({ name, groups }) => [name, groups]),
    [1, 2, 3].map((number) => [`web-${number}-n1`, ['services', 'web', `web-${number}`]]),
  )
  t.is(answers[0]!.split(' ')[2], `nats://${services.links[0]!.listen}`)
  t.true((await service.look()).every(({ active }) => active))
})

test('killed on purpose it stays down and its port comes back with it; of itself it is started again', async (t) => {
  const { service, exits } = await startWeb(t)
  const [first, second] = service.instances
  const { port } = first!
  await first!.kill()
  t.is(first!.state, 'down')
  t.deepEqual(
    (await service.look()).map(({ active }) => active),
    [false, true],
  )
  await first!.start()
  t.is(first!.port, port)
  t.true(await service.isActive(first!))
  t.deepEqual(exits, [])

  second!.crash()
  await until(() => exits.length === 1)
  await until(() => second!.up)
  t.deepEqual([second!.crashes, second!.restarts, first!.restarts], [1, 1, 1])
})

test('one that another fault ends while it is starting is said to be that, and not to be unwell', async (t) => {
  const { service } = await startWeb(t, { instances: 1 })
  const [only] = service.instances
  await only!.kill()
  only!.change({ env: { SICK: '1' } })
  const starting = t.throwsAsync(only!.start(), { message: /^web-1 was ended while it was starting: by another fault/ })
  await until(() => only!.state === 'running')
  await only!.stop()
  await starting
})

test('paused it does not answer, and stopping it then is orderly', async (t) => {
  const { service } = await startWeb(t, {
    ready: { http: '/ready', interval: '50ms', timeout: '1s', rise: 1, fall: 2 },
  })
  const [first] = service.instances
  await first!.pause()
  t.is(first!.state, 'paused')
  await until(() => !first!.up)
  await first!.stop()
  t.deepEqual(first!.exit, { code: 0, signal: null })
})

test('one that ignores its stop signal is killed at the deadline, and its children with it', async (t) => {
  const { service } = await startWeb(t, { instances: 1, env: { STUBBORN: '1', CHILD: '1' }, stopDeadline: '100ms' })
  const [first] = service.instances
  const told = () => /child (\d+)/.exec(first!.logTail.join('\n'))
  await until(() => told() !== null)
  const child = Number(told()![1])
  t.true(await isRunning(child))
  await first!.stop()
  t.is(first!.exit?.signal, 'SIGKILL')
  await until(async () => !(await isRunning(child)))
})

test('a surge starts the new one first', async (t) => {
  const { service } = await startWeb(t, { instances: 1 })
  const [only] = service.instances
  const before = { port: only!.port, pid: only!.pid! }
  only!.change({ env: { BUILD: 'b' } })
  await only!.surge(async (port) => {
    t.true(await isRunning(before.pid))
    t.true(await isListening(`127.0.0.1:${port}`))
  })
  t.not(only!.port, before.port)
  t.false(await isRunning(before.pid))
  t.regex(await get(only!.url), /^web-1 b /)

  // A port that is taken is replaced by another one.
  const [program, ...args] = only!.plan.command!
  const taken = 'if mkdir taken; then echo "address already in use"; exit 1; fi; exec "$0" "$@"'
  only!.change({ command: ['sh', '-c', taken, program!, ...args] })
  await only!.surge(async () => {})
  t.regex(await get(only!.url), /^web-1 b /)

  // One that was killed is brought back by it, and two that want it back at once start it once.
  await only!.kill()
  await only!.surge(async () => {})
  t.regex(await get(only!.url), /^web-1 b /)
  await only!.kill()
  const { restarts } = only!
  await Promise.all([only!.start(), only!.start()])
  t.is(only!.restarts, restarts + 1)
})

test('one that ends at once, never gets ready or listens elsewhere is told with its log', async (t) => {
  const fails = (options: Parameters<typeof startWeb>[1]) =>
    t.throwsAsync(startWeb(t, options), { instanceOf: UserError })
  const crash = await fails({ instances: 1, env: { CRASH: '1' } })
  // So long that a busy machine has started the program and asked it by then.
  const startDeadline = '8s'
  const [sick, elsewhere, deaf] = await Promise.all([
    fails({ instances: 1, env: { SICK: '1' }, startDeadline }),
    fails({ instances: 1, env: { FIXED_PORT: '0' }, startDeadline }),
    fails({ instances: 1, health: { nats: 'health.{instance}', interval: '50ms', timeout: '10s' }, startDeadline }),
  ])
  const daemon = await fails({ instances: 1, command: ['true'] })
  const missing = await fails({ command: ['/nowhere/router'] })
  const nobody = await fails({ instances: 1, loadBalancer: { url: 'http://127.0.0.1:1' } })
  t.regex(crash.message, /web-1 ended while it was starting \(exit code 7\)/)
  t.regex(crash.frame!, /can not go on/)
  t.regex(sick.message, /web-1 was not ready within 8s: GET \/ready on port \d+ \(status 503\)/)
  t.is(sick.hint, 'One that takes longer to start needs a longer startDeadline.')
  t.regex(elsewhere.message, /web-1 was not healthy within 8s: a TCP connection on port \d+ \(connect ECONNREFUSED/)
  t.regex(elsewhere.hint!, /must listen on the port that its PORT variable/)
  t.regex(daemon.message, /web-1 ended while it was starting \(exit code 0\)/)
  t.regex(daemon.hint!, /must stay in the foreground/)
  t.regex(missing.message, /\/nowhere\/router could not be started: .*ENOENT/)
  t.regex(deaf.message, /web-1 was not healthy within 8s: a request on health\.web-1 \(no responders\)/)
  t.regex(
    nobody.message,
    /^service web has http:\/\/127\.0\.0\.1:1 as its loadBalancer, and nobody answers there \(.+\)/,
  )
})

test('one that is bound to a port of its own, which is taken, is told what to do', async (t) => {
  const { service } = await startWeb(t, { instances: 1 })
  const taken = String(service.instances[0]!.port)
  const error = await t.throwsAsync(startWeb(t, { instances: 1, env: { FIXED_PORT: taken } }), {
    instanceOf: UserError,
  })
  t.regex(error.frame!, /EADDRINUSE/)
  t.regex(error.hint!, /PORT variable/)
  // Of two that insist on the same one, the one that could not have it knows what is wrong.
  const own = String(candidatePort())
  const both = startWeb(t, { instances: 2, env: { FIXED_PORT: own }, startDeadline: '5s' })
  t.regex((await t.throwsAsync(both, { instanceOf: UserError })).hint ?? '', /PORT variable/)
})

test('in a crash loop it is ended each time that it comes up, and goes on when it is let', async (t) => {
  const { service, exits } = await startWeb(t)
  const [first, second] = service.instances
  first!.crashLoop = true
  await until(() => exits.length >= 2)
  first!.crashLoop = false
  await until(() => first!.up && first!.crashes === exits.length)
  t.true(first!.restarts >= 2)
  t.is(first!.trouble, undefined)
  t.true(first!.exits.every(({ signal }) => signal === 'SIGKILL'))
  t.deepEqual([second!.crashes, second!.restarts], [0, 0])
})

test('a crash loop that lasts is given up, and how its lives ended is told', async (t) => {
  const { service } = await startWeb(t)
  const [first] = service.instances
  first!.crashLoop = true
  await until(() => first!.gaveUp)
  first!.crashLoop = false
  t.is(first!.state, 'down')
  t.is(first!.trouble, 'web-1 ended by itself (SIGKILL) 6 times and is not started again')
  t.deepEqual(first!.exits, Array(6).fill({ code: null, signal: 'SIGKILL' }))
})

test('one that can not be brought back is given up and says why', async (t) => {
  const { service, exits } = await startWeb(t, { instances: 1 })
  const [only] = service.instances
  only!.change({ env: { CRASH: '1' } })
  only!.crash()
  await until(() => only!.gaveUp)
  t.true(exits.length > 2)
  t.regex(only!.trouble!, /^web-1 ended by itself \(SIGKILL, exit code 7\) 6 times and is not started again$/)
})
