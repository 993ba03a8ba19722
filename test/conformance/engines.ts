import test, { type ExecutionContext } from 'ava'
import { findBinary } from '../../lib/binaries/index.ts'
import { type RunningToxiproxy, startEmbedded, startReal } from '../../toxiproxy/index.ts'

/** The real server to compare with, found as `squall run` finds it; undefined when there is none. */
export const realToxiproxy = (await findBinary('toxiproxy-server'))?.path

/**
 * A loopback address of this process's own: a port that a proxy gives up for a moment is taken by no other test's server.
 * Only Linux has more than one of them by itself.
 */
export const ownHost =
  process.platform === 'linux'
    ? `127.${64 + ((process.pid >> 16) % 64)}.${(process.pid >> 8) % 256}.${process.pid % 256}`
    : '127.0.0.1'

export interface Answer {
  readonly status: number
  readonly type: string | null
  readonly headers: Headers
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: the shape is what the tests are about
  readonly json: any
}

/** One of the two servers under test. */
export interface Engine {
  readonly kind: 'embedded' | 'real'
  readonly url: string
  readonly pid: number
  /** A body that is a string is sent as it is, anything else as JSON. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
}

export function engineOf({ kind, url, pid }: RunningToxiproxy): Engine {
  return {
    kind: kind === 'real' ? 'real' : 'embedded',
    url,
    pid,
    async call(method, path, body, headers = {}) {
      const text = typeof body === 'string' ? body : JSON.stringify(body)
      const response = await fetch(url + path, { method, headers, ...(text === undefined ? {} : { body: text }) })
      const answer = await response.text()
      const json = answer.startsWith('{') || answer.startsWith('[') ? JSON.parse(answer) : undefined
      const type = response.headers.get('content-type')
      return { status: response.status, type, headers: response.headers, text: answer, json }
    },
  }
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // it has ended
  }
}

type EngineTest = (t: ExecutionContext, engine: Engine) => void | Promise<void>

export interface Suite {
  /** Runs against both servers. */
  both(title: string, run: EngineTest): void
  embedded(title: string, run: EngineTest): void
  real(title: string, run: EngineTest): void
}

/**
 * The tests of one file, over one server of each kind. Without a real server its half fails where it is demanded
 * ($CI, $SQUALL_REQUIRE_REAL) and is skipped elsewhere.
 */
export function suite({ serial = false } = {}): Suite {
  const binary = realToxiproxy
  const required = Boolean(process.env.CI || process.env.SQUALL_REQUIRE_REAL)
  const running = new Map<Engine['kind'], RunningToxiproxy>()

  // A real server does not die with its parent, and `after` does not run when AVA gives up on a file.
  process.once('exit', () => {
    for (const { kind, pid } of running.values()) if (kind === 'real') killQuietly(pid)
  })
  test.before(async () => {
    running.set('embedded', await startEmbedded({ seed: 1 }))
    if (binary) running.set('real', await startReal({ binary }))
  })
  test.after.always(async () => {
    await Promise.all([...running.values()].map((server) => server.stop()))
    running.clear()
  })

  const add = (kind: Engine['kind'], title: string, run: EngineTest) => {
    const name = `${kind}: ${title}`
    const implementation = async (t: ExecutionContext) => {
      const server = running.get(kind)
      if (!server) throw new Error('No toxiproxy-server: set SQUALL_TOXIPROXY_SERVER or put it on the PATH.')
      await run(t, engineOf(server))
    }
    if (kind === 'real' && !binary && !required) test.skip(`${name} (no toxiproxy-server here)`, implementation)
    else if (serial) test.serial(name, implementation)
    else test(name, implementation)
  }

  return {
    both(title, run) {
      add('embedded', title, run)
      add('real', title, run)
    },
    embedded: (title, run) => add('embedded', title, run),
    real: (title, run) => add('real', title, run),
  }
}
