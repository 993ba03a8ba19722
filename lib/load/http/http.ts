import { Agent, type Dispatcher, errors } from 'undici'
import { messageOf } from '../../errors.ts'
import { durationForms, now, type SampleSet, sample, toMilliseconds } from '../../measure/index.ts'
import { instanceHeader, instanceNames } from '../../services/index.ts'
import type { HttpRequest, HttpResult } from '../iteration.ts'
import type { Reasons } from '../ledger/reasons.ts'
import type { Origin } from '../publish/operation-origin.ts'
import type { Tagger } from '../tagger.ts'
import type { RequestFate, RequestLedger } from './request-ledger.ts'
import { countAnswer } from './service-request.ts'

const defaultTimeoutMs = 5_000

/** Sends requests to services on kept connections, and accounts for each by its outcome. */
export class HttpClient {
  readonly #services: Readonly<Record<string, readonly string[]>>
  readonly #requests: RequestLedger
  readonly #tagger: Tagger
  readonly #reasons: Reasons
  #missed: number | undefined
  readonly #agent = new Agent({ connect: { timeout: 2_000 }, keepAliveTimeout: 30_000, connections: 256 })

  constructor(
    services: Readonly<Record<string, readonly string[]>>,
    requests: RequestLedger,
    tagger: Tagger,
    reasons: Reasons,
  ) {
    this.#services = services
    this.#requests = requests
    this.#tagger = tagger
    this.#reasons = reasons
  }

  async request(origin: Origin, path: string, request: HttpRequest = {}): Promise<HttpResult> {
    const timeoutMs = request.timeout === undefined ? defaultTimeoutMs : toMilliseconds(request.timeout)
    if (timeoutMs === undefined) {
      throw new TypeError(`http timeout is ${JSON.stringify(request.timeout)}; it must be ${durationForms}`)
    }
    const service = this.#serviceOf(request.service)
    const number = this.#requests.next()
    const urls = this.#services[service]!
    const turn = number % urls.length
    const id = this.#requests.idOf(number)
    const sentAt = now()
    const intended = sentAt - origin.lag
    const result = await this.#send(urlOf(path, urls[turn]!), id, request, timeoutMs)
    if (changes(request)) this.#requests.settle(service, number, fateOf(result))
    // Without a balancer that would say it, it is known who was asked.
    const asked = urls.length > 1 ? instanceNames({ name: service, instances: urls.length })[turn] : undefined
    const instance = result.outcome === 'answered' ? (result.instance ?? asked) : undefined
    const tags = { ...request.tags, service, ...(instance !== undefined && { instance }) }
    if (result.outcome !== 'answered') {
      this.#missed ??= now()
      this.#reasons.note('http', result.outcome, result.reason)
    }
    account(this.#tagger.samples(origin.phase, intended, tags).set, result, intended, sentAt)
    countAnswer(this.#tagger, service, instance)
    return result.outcome === 'answered' ? { ...result, instance } : result
  }

  /** When the first request since it was asked last failed or became indeterminate: a sign of a fault, as missed acks are. */
  takeMissed(): number | undefined {
    const missed = this.#missed
    this.#missed = undefined
    return missed
  }

  /** Ends its connections at once. */
  async close(): Promise<void> {
    await this.#agent.destroy()
  }

  #serviceOf(given: string | undefined): string {
    const names = Object.keys(this.#services)
    const name = given ?? names[0]
    if (name !== undefined && names.includes(name)) return name
    throw new TypeError(
      names.length === 0
        ? 'http needs a service, and the script exports no services'
        : `http service is ${JSON.stringify(given)}; the script has ${names.join(', ')}`,
    )
  }

  async #send(url: URL, id: string, request: HttpRequest, timeoutMs: number): Promise<HttpResult> {
    const { body, headers, method = body === undefined ? 'GET' : 'POST' } = request
    try {
      const answer = await this.#agent.request({
        origin: url.origin,
        path: url.pathname + url.search,
        method: method as Dispatcher.HttpMethod,
        headers: { ...headers, 'x-request-id': id },
        body: body ?? null,
        signal: AbortSignal.timeout(timeoutMs),
      })
      const text = await answer.body.text()
      const { statusCode: status } = answer
      if (status >= 500) {
        const reason = `status ${status}`
        return { outcome: status === 503 ? 'failed' : 'indeterminate', id, reason, status }
      }
      const by = answer.headers[instanceHeader]
      const instance = Array.isArray(by) ? by.at(-1) : by
      return { outcome: 'answered', id, status, body: text, headers: answer.headers, instance }
    } catch (error) {
      const reason = messageOf(error)
      // A body, method or header that can't be sent: not an outcome, but a mistake of the script's.
      if (error instanceof errors.InvalidArgumentError)
        throw new TypeError(`http ${url.pathname} can't be sent: ${reason}`)
      return { outcome: neverSent(error) ? 'failed' : 'indeterminate', id, reason }
    }
  }
}

/** @throws TypeError when it leads elsewhere than to the service. */
function urlOf(path: string, base: string): URL {
  const url = typeof path === 'string' && URL.canParse(path, base) ? new URL(path, base) : undefined
  if (url?.origin === new URL(base).origin) return url
  throw new TypeError(`http path is ${JSON.stringify(path)}; it must be a path of the service's, such as "/orders"`)
}

/** Is it to change something? */
function changes({ method, body }: HttpRequest): boolean {
  return method === undefined ? body !== undefined : method !== 'GET' && method !== 'HEAD'
}

function fateOf(result: HttpResult): RequestFate {
  if (result.outcome !== 'answered') return result.outcome
  return result.status < 400 ? 'accepted' : 'refused'
}

/** There was no connection to send it on. */
function neverSent(error: unknown): boolean {
  if (error instanceof errors.ConnectTimeoutError) return true
  return error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED'
}

function account(set: SampleSet, { outcome }: HttpResult, intended: number, sentAt: number): void {
  set.counter('http_requests').count += 1
  const success = set.rate('http_success')
  success.total += 1
  if (outcome !== 'answered') {
    set.counter(`http_${outcome}`).count += 1
    return
  }
  success.trues += 1
  const end = now()
  sample(set.trend('http_latency'), end - intended)
  sample(set.trend('http_service_time'), end - sentAt)
}
