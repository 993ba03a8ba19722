import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { ApiError, badBody } from './errors.ts'
import { parseBody } from './validate.ts'

export interface Reply {
  readonly status: number
  readonly type?: string
  readonly body?: string
}

export interface ApiRequest {
  /** The `:name` segments of the path, decoded. */
  readonly params: readonly string[]
  /** Reads and parses the body. Only after what the path names was found, as Toxiproxy does. */
  json(): Promise<unknown>
}

export interface Route {
  /** `/proxies/:proxy`: a segment that starts with a colon matches anything but nothing. */
  readonly path: string
  readonly methods: Readonly<Record<string, (request: ApiRequest) => Reply | Promise<Reply>>>
}

const maxBodyBytes = 16 * 1024 * 1024

export function jsonReply(status: number, value: unknown): Reply {
  return { status, type: 'application/json', body: JSON.stringify(value) }
}

export const noContent: Reply = { status: 204 }

/** As Go's http.Error, which overrides the JSON content type that Toxiproxy meant to send. */
function textReply(status: number, body: string): Reply {
  return { status, type: 'text/plain; charset=utf-8', body: `${body}\n` }
}

export function toApiError(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError(error instanceof Error ? error.message : String(error), 500)
}

/** Answers one request by the routes, with Toxiproxy's status codes, headers and texts. Never rejects. */
export async function answer(routes: readonly Route[], request: IncomingMessage, response: ServerResponse) {
  const found = match(routes, request.url ?? '/')
  if (!found) return send(response, textReply(404, '404 page not found'))
  const handler = Object.hasOwn(found.route.methods, request.method ?? '') && found.route.methods[request.method ?? '']
  if (!handler) return send(response, { status: 405 })
  response.setHeader('X-Toxiproxy-Request-Id', randomBytes(10).toString('hex'))
  // Toxiproxy's guard against web pages that call it from a browser.
  if (request.headers['user-agent']?.startsWith('Mozilla/'))
    return send(response, textReply(403, 'User agent not allowed'))
  try {
    send(response, await handler({ params: found.params, json: async () => parseBody(await readBody(request)) }))
  } catch (error) {
    const { message, status } = toApiError(error)
    send(response, textReply(status, JSON.stringify({ error: message, status })))
  }
}

function match(routes: readonly Route[], url: string): { route: Route; params: string[] } | undefined {
  const segments = url.split('?', 1)[0]?.split('/') ?? []
  for (const route of routes) {
    const params = matchPath(route.path.split('/'), segments)
    if (params) return { route, params }
  }
  return undefined
}

function matchPath(pattern: readonly string[], segments: readonly string[]): string[] | undefined {
  if (pattern.length !== segments.length) return undefined
  const params: string[] = []
  for (const [index, part] of pattern.entries()) {
    const segment = decode(segments[index] ?? '')
    if (part.startsWith(':') && segment) params.push(segment)
    else if (part !== segment) return undefined
  }
  return params
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size <= maxBodyBytes) chunks.push(chunk)
    else chunks.length = 0 // read to the end all the same: the connection lives on
  }
  if (size > maxBodyBytes) throw badBody('http: request body too large')
  return Buffer.concat(chunks).toString()
}

function send(response: ServerResponse, { status, type, body = '' }: Reply): void {
  if (type) response.setHeader('Content-Type', type)
  if (type?.startsWith('text/plain')) response.setHeader('X-Content-Type-Options', 'nosniff')
  if (status !== 204) response.setHeader('Content-Length', Buffer.byteLength(body))
  response.writeHead(status).end(body)
}
