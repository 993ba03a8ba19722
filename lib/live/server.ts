import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { messageOf, UserError } from '../errors.ts'

const host = '127.0.0.1'
/** How long the last update may take to reach a browser that reads slowly. */
const lastWordMs = 1_000

const waiting = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="1"><title>Squall</title><link rel="icon" href="data:,"></head>
<body style="font: 15px system-ui, sans-serif; margin: 40px">The run has not begun its load yet. This page will show it.</body></html>`

const htmlType = 'text/html; charset=utf-8'
/** What Prometheus asks for first; https://prometheus.io/docs/specs/om/open_metrics_spec/. */
const metricsType = 'application/openmetrics-text; version=1.0.0; charset=utf-8'
const noMetrics = '# EOF\n'

/** Serves one page and its metrics, and tells those who have it open what changed (server-sent events). Loopback only. */
export class LiveServer {
  readonly #server: Server
  readonly #readers = new Set<ServerResponse>()
  #page: () => Promise<string> = async () => waiting
  #metrics: () => Promise<string> = async () => noMetrics

  private constructor(server: Server) {
    this.#server = server
    server.on('request', (request, response) => {
      const [path] = (request.url ?? '').split('?')
      if (request.method !== 'GET') response.writeHead(405).end()
      // Names in a report are others' words: a page elsewhere must not be able to read them through this browser.
      else if (!isOwnName(request.headers.host)) response.writeHead(403).end()
      else if (path === '/') void show(response, htmlType, this.#page)
      else if (path === '/metrics') void show(response, metricsType, this.#metrics)
      else if (path === '/events') this.#follow(response)
      else response.writeHead(404).end()
    })
  }

  /** @throws UserError when the port is taken. */
  static async start(port: number): Promise<LiveServer> {
    const server = createServer()
    const live = new LiveServer(server)
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) =>
        reject(
          new UserError(
            error.code === 'EADDRINUSE'
              ? `--ui ${port}: port ${port} is taken; give another, or none for one that is free`
              : `--ui: the page can not be served on port ${port}: ${error.message}`,
          ),
        ),
      )
      server.listen(port, host, resolve)
    })
    return live
  }

  get url(): string {
    return `http://${host}:${(this.#server.address() as AddressInfo).port}/`
  }

  /** How many follow. */
  get readers(): number {
    return this.#readers.size
  }

  /** What whoever opens the page now gets. */
  set page(make: () => Promise<string>) {
    this.#page = make
  }

  /** What a scrape of `/metrics` gets: OpenMetrics text. */
  set metrics(make: () => Promise<string>) {
    this.#metrics = make
  }

  /** Tells everybody; one that reads slowly misses what comes before it has read the last. */
  tell(update: unknown): void {
    const event = `data: ${JSON.stringify(update)}\n\n`
    for (const reader of this.#readers) if (!reader.writableNeedDrain) reader.write(event)
  }

  /** Says the last word, where there is one, and closes; whoever has the page open keeps it. Never rejects. */
  async end(update: unknown): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    const event = update === undefined ? '' : `data: ${JSON.stringify(update)}\n\n`
    for (const reader of this.#readers) reader.end(event)
    const timer = setTimeout(() => this.#server.closeAllConnections(), lastWordMs)
    this.#server.closeIdleConnections()
    await closed
    clearTimeout(timer)
  }

  #follow(response: ServerResponse): void {
    this.#readers.add(response)
    response.on('close', () => this.#readers.delete(response))
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' }).flushHeaders()
  }
}

async function show(response: ServerResponse, type: string, make: () => Promise<string>): Promise<void> {
  try {
    const text = await make()
    response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' }).end(text)
  } catch (error) {
    response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' }).end(messageOf(error))
  }
}

function isOwnName(name: string | undefined): boolean {
  return name !== undefined && /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(name)
}
