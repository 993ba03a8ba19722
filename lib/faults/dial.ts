import { connect } from 'node:net'

/** A connection on one machine is made in microseconds, and a SYN that was dropped is sent again after a second. */
const patienceMs = 300

/** What comes of dialling `host:port`: `silent` when there is no answer of any kind. */
export function dial(address: string): Promise<'answered' | 'refused' | 'silent'> {
  const { hostname, port } = new URL(`tcp://${address}`)
  const socket = connect({ host: hostname, port: Number(port) })
  let timer: NodeJS.Timeout
  return new Promise<'answered' | 'refused' | 'silent'>((resolve) => {
    socket.once('connect', () => resolve('answered'))
    socket.once('error', () => resolve('refused'))
    timer = setTimeout(() => {
      // An answer may have come and wait to be looked at: timers come first.
      setTimeout(() => setImmediate(() => resolve('silent')), 0)
    }, patienceMs)
  }).finally(() => {
    clearTimeout(timer)
    socket.destroy()
  })
}
