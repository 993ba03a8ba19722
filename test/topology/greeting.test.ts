import { execFileSync } from 'node:child_process'
import test from 'ava'
import { readGreeting } from '../../lib/topology/server/greeting.ts'
import { makeServer } from './support.ts'

/** Is greeted ten times, one after the other. */
const others = `
  const { connect } = require('node:net')
  const [port] = process.argv.slice(1)
  let left = 10
  const next = () => left-- > 0 && connect(port, '127.0.0.1').once('data', function () { this.destroy(); next() })
  next()`

test('a greeting that came while nobody could read it is heard, however late that is', async (t) => {
  const server = await makeServer(t)
  await server.start()
  const greeted = readGreeting(server.address, 1)
  // It dials in the next tick; then nothing is done in this process until it has been greeted.
  await new Promise((resolve) => process.nextTick(resolve))
  execFileSync(process.execPath, ['-e', others, server.address.split(':')[1]!])
  t.is((await greeted).server_name, 'n1')
})
