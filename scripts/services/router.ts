/**
 * A router: takes commands by HTTP and by NATS, gives each a number of its key, and hands it on to the subject that its
 * routing table names. It is the service under test of `rolling-restart.ts`, and small enough to be read.
 *
 * - `POST /orders/<key>` and requests on `route.<key>` put a command on the work queue; it is answered once it is stored.
 * - A worker takes commands from the queue, numbers them by key, publishes them and only then acknowledges them.
 * - Routing table and numbers are in NATS KV, changed by compare-and-set: any instance may go at any time.
 * - On SIGTERM it says that it is not ready, finishes what it has, and leaves.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { AckPolicy, connect, headers, type JsMsg, type KV, type MsgHdrs, NatsError, nanos, RetentionPolicy } from 'nats'

const {
  PORT = '8080',
  NATS_URL = 'nats://127.0.0.1:4222',
  SQUALL_INSTANCE: instance = 'router',
  BUILD = 'dev',
  ACCEPT_MS = '0',
  WORK_MS = '0',
} = process.env

/** How the router deals with work; the tests' faulty variants differ in these and in nothing else. */
export interface RouterBehaviour {
  /** Acknowledges a command when its effect is stored. */
  readonly acks: 'after work' | 'before work'
  readonly state: 'kept' | 'forgotten'
  /** What it does on SIGTERM. */
  readonly leaves: 'drained' | 'at once'
}

/** What accepting a command, and working on it, takes besides: a router that does more than this one. */
const acceptMs = Number(ACCEPT_MS)
const workMs = Number(WORK_MS)

const stream = 'ROUTER_WORK'
const durable = 'routers'
const reconnect = { maxReconnectAttempts: -1, reconnectTimeWait: 250, ignoreClusterUpdates: true }
const ackWaitMs = 5_000
/** Commands that one instance works on at a time. */
const workers = 8
const casAttempts = 50

/** What is done to a command: it is published once, under a number that no other command of its key has. */
export interface Effect {
  /** The request id that came with it: the same for a command that was sent again. */
  readonly id: string
  readonly key: string
  /** 1, 2, 3, … within the key. */
  readonly number: number
  readonly instance: string
}

export async function startRouter({ acks, state, leaves }: RouterBehaviour): Promise<void> {
  const nats = await connect({ ...reconnect, servers: NATS_URL.split(','), name: instance })
  const manager = await nats.jetstreamManager()
  const stored = nats.jetstream()
  await manager.streams.add({ name: stream, subjects: ['router.work.*'], retention: RetentionPolicy.Workqueue })
  await manager.streams.add({ name: 'ROUTED', subjects: ['routed.>'], duplicate_window: nanos(120_000) })
  await manager.consumers.add(stream, {
    durable_name: durable,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(ackWaitMs),
    max_ack_pending: 1_000,
  })
  const routes = await stored.views.kv('routes')
  const numbers = await stored.views.kv('numbers')
  const counted = new Map<string, number>()
  let leaving = false

  /** Puts a command on the queue; a second one of the same id is dropped by JetStream. */
  const accept = async (key: string, id: string, body: Uint8Array): Promise<number> => {
    if (acceptMs > 0) await sleep(acceptMs)
    const { seq } = await stored.publish(`router.work.${key}`, body, { msgID: id })
    return seq
  }

  const work = async (message: JsMsg): Promise<void> => {
    const key = message.subject.slice('router.work.'.length)
    const id = message.headers?.get('Nats-Msg-Id') || `${stream}-${message.seq}`
    if (acks === 'before work') message.ack()
    if (workMs > 0) await sleep(workMs)
    const subject = await routeOf(routes, key)
    const number = state === 'kept' ? await nextNumber(numbers, key, id) : await ownNumber(numbers, key, counted)
    const effect: Effect = { id, key, number, instance }
    // By the number, not by the delivery: what was done and not acknowledged is done again without being stored twice.
    await stored.publish(subject, JSON.stringify(effect), { msgID: `${key}-${number}` })
    // Answered by the server, so that a link that is cut right now does not swallow it.
    if (acks === 'after work') await message.ackAck()
  }

  const consumer = await stored.consumers.get(stream, durable)
  const messages = await consumer.consume({ max_messages: workers, expires: 5_000 })
  const busy = new Set<Promise<void>>()
  const consuming = (async () => {
    for await (const message of messages) {
      const done = work(message)
        .catch((error: Error) => {
          console.error(`${message.subject} ${message.seq}: ${error.message}`)
          message.nak(250)
        })
        .finally(() => busy.delete(done))
      busy.add(done)
      if (busy.size >= workers) await Promise.race(busy)
    }
  })()

  const answering = new Set<Promise<void>>()
  const subscription = nats.subscribe('route.*', {
    queue: 'routers',
    callback: (error, message) => {
      if (error) return
      const key = message.subject.slice('route.'.length)
      const id = message.headers?.get('x-request-id') || crypto.randomUUID()
      const answered = accept(key, id, message.data)
        .then(
          (seq) => void message.respond(JSON.stringify({ instance, seq }), { headers: signed() }),
          ({ message: why }: Error) =>
            void message.respond(JSON.stringify({ instance, error: why }), { headers: refused(why) }),
        )
        .finally(() => answering.delete(answered))
      answering.add(answered)
    },
  })
  const health = nats.subscribe(`health.${instance}`, { callback: (_, message) => void message.respond('ok') })

  const server = createServer((request, response) => {
    answer(request, response).catch((error: Error) => say(response, 503, { instance, error: error.message }))
  })
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method, url = '/' } = request
    // A connection that is kept would be cut off when this leaves; the balancer opens another one elsewhere.
    if (leaving) response.setHeader('connection', 'close')
    if (url === '/health') return say(response, 200, { instance, build: BUILD })
    if (url === '/ready') return say(response, leaving || nats.isClosed() ? 503 : 200, { instance, build: BUILD })
    const [, kind, key] = /^\/(orders|routes)\/([\w-]{1,64})$/.exec(url) ?? []
    if (!kind || !key) return say(response, 404, { error: `there is nothing at ${url}` })
    const body = await read(request)
    if (kind === 'orders' && method === 'POST') {
      const id = request.headers['x-request-id']
      const seq = await accept(key, typeof id === 'string' ? id : crypto.randomUUID(), body)
      return say(response, 202, { instance, seq })
    }
    if (kind === 'routes' && method === 'PUT') {
      const revision = await routes.put(key, body)
      return say(response, 200, { instance, revision })
    }
    if (kind === 'routes' && method === 'GET')
      return say(response, 200, { instance, subject: await routeOf(routes, key) })
    say(response, 405, { error: `${method} is not for ${url}` })
  }
  // Longer than a balancer keeps one: of two that could close an idle connection, the client should be the one.
  server.keepAliveTimeout = 75_000
  server.listen(Number(PORT), '127.0.0.1', () => console.log(`${instance} (build ${BUILD}) listens on ${PORT}`))

  const leave = async (signal: string): Promise<void> => {
    if (leaving) return
    leaving = true
    console.log(`${signal}: leaving with ${busy.size} commands under way`)
    if (leaves === 'at once') process.exit(0)
    // In this order: no new requests, no new commands, then what is under way.
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    server.closeIdleConnections()
    messages.stop()
    await Promise.all([closed, consuming, subscription.drain(), health.drain()])
    await Promise.all([...busy, ...answering])
    await nats.drain()
    console.log('left')
    process.exit(0)
  }
  process.on('SIGTERM', leave)
  process.on('SIGINT', leave)
}

/** By NATS nobody but the router itself can say which one answered. */
function signed(): MsgHdrs {
  const told = headers()
  told.set('x-squall-instance', instance)
  return told
}

/** As NATS services tell that a request was not done. */
function refused(why: string): MsgHdrs {
  const told = signed()
  told.set('Nats-Service-Error', why.replace(/\s+/g, ' '))
  told.set('Nats-Service-Error-Code', '500')
  return told
}

/** Where commands of a key go: what the table says, or what it says of all keys, or the key's own subject. */
async function routeOf(routes: KV, key: string): Promise<string> {
  const entry = (await routes.get(key)) ?? (await routes.get('default'))
  return entry?.string().replaceAll('{key}', key) || `routed.${key}`
}

interface Numbered {
  readonly last: number
  /** The newest commands and their numbers: one that is delivered again keeps its own. */
  readonly given: readonly (readonly [id: string, number: number])[]
}

const rememberedIds = 100

/** The next number of a key, by compare-and-set: two instances never give the same one, and a command gets one only. */
async function nextNumber(numbers: KV, key: string, id: string): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    const entry = await numbers.get(key)
    const { last, given }: Numbered = entry?.operation === 'PUT' ? entry.json() : { last: 0, given: [] }
    const known = given.find(([earlier]) => earlier === id)
    if (known) return known[1]
    const number = last + 1
    const next: Numbered = { last: number, given: [...given.slice(1 - rememberedIds), [id, number]] }
    try {
      await numbers.put(key, JSON.stringify(next), { previousSeq: entry?.revision ?? 0 })
      return number
    } catch (error) {
      // Somebody else was faster; whatever else it is stays one.
      if (!isConflict(error) || attempt >= casAttempts) throw error
    }
  }
}

/** What a router does that forgets: it counts by itself, from nothing, and writes that down whatever is there. */
async function ownNumber(numbers: KV, key: string, counted: Map<string, number>): Promise<number> {
  const number = (counted.get(key) ?? 0) + 1
  counted.set(key, number)
  await numbers.put(key, JSON.stringify({ last: number, given: [] }))
  return number
}

/** JetStream's `wrong last sequence`. */
function isConflict(error: unknown): boolean {
  return error instanceof NatsError && error.jsError()?.err_code === 10_071
}

function say(response: ServerResponse, status: number, body: unknown): void {
  if (response.headersSent) return
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

async function read(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of request) chunks.push(chunk as Uint8Array)
  return Buffer.concat(chunks)
}

// Run as a program, and not imported by one of its variants.
if (process.env.ROUTER_VARIANT === undefined) {
  await startRouter({ acks: 'after work', state: 'kept', leaves: 'drained' })
}
