import { connect } from 'node:net'

/** One server of HAProxy's as `show stat` tells of it; counts since HAProxy's start. */
export interface ServerStats {
  readonly name: string
  /** `UP`, `DOWN`, `DRAIN`, `MAINT`, `UP 1/2` on its way down, … */
  readonly status: string
  readonly weight: number
  /** Requests under way now, and waiting for a connection. */
  readonly sessions: number
  readonly queued: number
  /** Given to it; not those that it refused and another server got. */
  readonly requests: number
  /**
   * Given to it and never answered, nor under way now; at most so many fewer than there were as are being answered now. HAProxy's
   * own `eresp` would not do: on a client's connection that it has answered on before, it hangs up and counts nothing.
   */
  readonly lost: number
  /** Times that it went from up to down. */
  readonly downs: number
  readonly checkFailures: number
}

const deadlineMs = 2_000

/** Sends one command to HAProxy's runtime API. Rejects when it does not answer in time. */
export function haproxyCommand(socketPath: string, command: string): Promise<string> {
  const socket = connect(socketPath)
  socket.setTimeout(deadlineMs)
  return new Promise<string>((resolve, reject) => {
    let answer = ''
    socket.setEncoding('utf8')
    socket.on('data', (text: string) => {
      answer += text
    })
    socket.once('end', () => resolve(answer.trim()))
    socket.once('error', reject)
    socket.once('timeout', () =>
      reject(new Error(`HAProxy did not answer "${command}" within ${deadlineMs / 1_000} s`)),
    )
    socket.write(`${command}\n`)
  }).finally(() => socket.destroy())
}

/** Sends a command that says nothing when it was done. */
export async function haproxyChange(socketPath: string, command: string): Promise<string> {
  const answer = await haproxyCommand(socketPath, command)
  if (/^(Unknown command|No such|Invalid|Require|Permission denied|Can't find|unexpected)/im.test(answer)) {
    throw new Error(`HAProxy refused "${command}": ${answer}`)
  }
  return answer
}

/** The servers of a backend in HAProxy's CSV (management guide §9.1), whose first line names the columns. */
export function parseStats(csv: string, backend: string): ServerStats[] {
  const [header = '', ...rows] = csv.split('\n')
  const columns = header.replace(/^# /, '').split(',')
  return rows.flatMap((row) => {
    const cells = row.split(',')
    const text = (column: string) => cells[columns.indexOf(column)] ?? ''
    const number = (column: string) => Number(text(column)) || 0
    const name = text('svname')
    if (text('pxname') !== backend || name === 'BACKEND' || name === 'FRONTEND') return []
    // A connection that was refused counts as given to it, and again where it was sent on to.
    const requests = number('stot') - number('wredis') - number('wretr') - number('econ')
    return [
      {
        name,
        status: text('status'),
        weight: number('weight'),
        sessions: number('scur'),
        queued: number('qcur'),
        requests,
        lost: Math.max(0, requests - number('req_tot') - number('scur')),
        downs: number('chkdown'),
        checkFailures: number('chkfail'),
      },
    ]
  })
}

/** How many of the requests under way, by `show sess all` (management guide §9.3), were given to this port; an idle connection has none. */
export function underWayAt(sessions: string, port: number): number {
  const given = new RegExp(`^\\s*server=.* addr=127\\.0\\.0\\.1:${port}\\b`)
  return sessions.split('\n').filter((line) => given.test(line)).length
}

/** Does HAProxy send new requests to it? One on its way down (`UP 1/2`) still gets them. */
export function takesWork({ status, weight }: ServerStats): boolean {
  return /^(UP|no check)/.test(status) && weight > 0
}
