import { Agent, get } from 'node:http'

/** Asks one server's monitoring port, over connections that it keeps. */
export class MonitorClient {
  readonly #base: () => string
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 4 })

  /** @param base URL of the monitoring port, read anew for each call. */
  constructor(base: () => string) {
    this.#base = base
  }

  /** The body of an answer with status 200. Rejects on any other, on an error and when the signal aborts. */
  get(path: string, signal: AbortSignal): Promise<string> {
    return new Promise((resolve, reject) => {
      const request = get(`${this.#base()}${path}`, { agent: this.#agent, signal }, (response) => {
        response.once('error', reject)
        if (response.statusCode !== 200) {
          response.resume()
          reject(new Error(`${path} answered with status ${response.statusCode}`))
          return
        }
        let body = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => {
          body += chunk
        })
        response.once('end', () => resolve(body))
      })
      request.once('error', reject)
    })
  }

  close(): void {
    this.#agent.destroy()
  }
}
