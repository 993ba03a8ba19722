import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { type Child, type Death, type StartOptions, spawnChild } from './child.ts'

/** A Toxiproxy to talk to, whoever started it. */
export interface RunningToxiproxy {
  readonly kind: 'embedded' | 'real' | 'external'
  /** Base of its API, without a slash at the end: `http://127.0.0.1:8474`. */
  readonly url: string
  readonly version: string
  /** 0 for an external one. */
  readonly pid: number
  /** Resolves when the process has ended, on purpose or not; never for an external one. */
  readonly died: Promise<Death>
  /** SIGTERM, two seconds, SIGKILL; resolves when it is gone and never rejects. Leaves an external one alone. */
  stop(): Promise<void>
}

const readyTimeout = 15_000
const pollInterval = 20
const attempts = 5

/** Starts the embedded engine in a process of its own, which dies with this one. */
export async function startEmbedded(options: StartOptions & { readonly seed: number }): Promise<RunningToxiproxy> {
  // The extension is this file's own: .ts from source, under tsx, and .js from dist.
  const server = new URL(import.meta.url.endsWith('.ts') ? './server.ts' : './server.js', import.meta.url)
  const loader = server.pathname.endsWith('.ts') ? ['--import', import.meta.resolve('tsx')] : []
  const flags = ['--host', '127.0.0.1', '--port', '0', '--seed', String(options.seed), '--exit-with-parent']
  const child = await spawnChild(process.execPath, [...loader, fileURLToPath(server), ...flags], options)
  const ready = await orStop(child, 'The embedded Toxiproxy', async (deadline) => {
    const line = await child.waitForLine((text) => text.startsWith('{'), deadline)
    return JSON.parse(line) as { port: number; version: string }
  })
  return running('embedded', `http://127.0.0.1:${ready.port}`, ready.version, child)
}

/** Starts a real toxiproxy-server on a free port. It does not die with this process by itself. */
export async function startReal(
  options: StartOptions & { readonly binary: string; readonly seed?: number | undefined },
): Promise<RunningToxiproxy> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort()
    const url = `http://127.0.0.1:${port}`
    const seed = options.seed === undefined ? [] : ['-seed', String(options.seed)]
    const child = await spawnChild(options.binary, ['-host', '127.0.0.1', '-port', String(port), ...seed], options)
    try {
      const version = await orStop(child, options.binary, (deadline) => pollVersion(child, url, deadline))
      return running('real', url, version, child)
    } catch (error) {
      const collided = child.logTail.some((line) => line.includes('address already in use'))
      if (!collided || attempt === attempts) throw error
    }
  }
}

/** Uses a Toxiproxy that someone else runs; rejects when none answers there. */
export async function connectExternal(url: string): Promise<RunningToxiproxy> {
  const base = url.replace(/\/+$/, '')
  const version = await readVersion(base).catch((error: Error) => {
    throw new Error(`No Toxiproxy answers at ${url}: ${error.message}`, { cause: error })
  })
  return { kind: 'external', url: base, version, pid: 0, died: new Promise(() => {}), stop: async () => {} }
}

function running(kind: 'embedded' | 'real', url: string, version: string, child: Child): RunningToxiproxy {
  return { kind, url, version, pid: child.pid, died: child.died, stop: child.stop }
}

async function orStop<T>(child: Child, what: string, ready: (deadline: AbortSignal) => Promise<T>): Promise<T> {
  const deadline = AbortSignal.any([AbortSignal.timeout(readyTimeout), child.gone])
  try {
    return await ready(deadline)
  } catch (error) {
    const how = child.gone.aborted ? 'ended before it was ready' : `was not ready within ${readyTimeout / 1000} s`
    await child.stop()
    throw new Error(`${what} ${how}. Its last lines: ${child.logTail.slice(-5).join(' | ') || '(none)'}`, {
      cause: error,
    })
  }
}

/**
 * Another server may answer on a port that was taken in between: this child then ends with an error of its own, a
 * moment after it said that it starts. So its word and two answers are awaited, a little apart.
 */
async function pollVersion(child: Child, url: string, deadline: AbortSignal): Promise<string> {
  await child.waitForLine((line) => line.includes('Starting Toxiproxy'), deadline)
  let answers = 0
  for (;;) {
    const version = await readVersion(url, deadline).catch(() => undefined)
    if (version !== undefined && ++answers === 2) return version
    deadline.throwIfAborted()
    await new Promise((resolve) => setTimeout(resolve, pollInterval))
  }
}

async function readVersion(url: string, deadline?: AbortSignal): Promise<string> {
  const once = AbortSignal.timeout(2_000)
  const response = await fetch(`${url}/version`, { signal: deadline ? AbortSignal.any([once, deadline]) : once })
  const body: unknown = response.ok ? await response.json() : undefined
  if (body && typeof body === 'object' && 'version' in body) return String(body.version)
  throw new Error(`GET /version answered ${response.status}`)
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('not a TCP port')
  return address.port
}
