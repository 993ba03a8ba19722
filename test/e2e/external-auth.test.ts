import { type ChildProcess, spawn } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { requireBinary } from '../../lib/binaries/index.ts'
import { candidatePort, claimPorts } from '../../lib/topology/server/ports.ts'
import { temporaryFolder } from '../topology/support.ts'
import { makeOperator } from './operator.ts'
import { runScript, Squall, scriptPath, until } from './support.ts'

/** A nats-server with JetStream that is nobody's run's; `access` says in its configuration whom it lets in. */
async function startServer(t: ExecutionContext, access: string) {
  const folder = await temporaryFolder(t)
  await claimPorts()
  const [port, monitorPort] = [candidatePort(), candidatePort()]
  const config = `server_name: n1
listen: "127.0.0.1:${port}"
http: "127.0.0.1:${monitorPort}"
jetstream { store_dir: "${folder}" }
${access}`
  await writeFile(join(folder, 'n1.conf'), config)
  const child: ChildProcess = spawn((await requireBinary('nats-server')).path, ['-c', join(folder, 'n1.conf')], {
    stdio: 'ignore',
  })
  t.teardown(async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve))
    if (child.exitCode === null && child.kill('SIGKILL')) await ended
  })
  const monitoring = `http://127.0.0.1:${monitorPort}`
  const isHealthy = async () => (await fetch(`${monitoring}/healthz`).catch(() => undefined))?.ok === true
  await until(isHealthy, 'the server')
  return { folder, monitoring, host: `127.0.0.1:${port}` }
}

async function assertHidden(t: ExecutionContext, squall: Squall, secrets: RegExp): Promise<void> {
  const { stdout, stderr } = await squall.finished
  for (const text of [stdout, stderr, await readFile(join(squall.tmp, 'report.json'), 'utf8')])
    t.notRegex(text, secrets)
  t.notRegex(await readFile(join(squall.tmp, 'report.html'), 'utf8'), secrets)
}

const withoutWay = (url: string, monitoring: string) => ({ servers: { n1: url }, monitoring: { n1: monitoring } })

test.serial(
  'user and password in the URL let the run in, and stand nowhere afterwards, nor where they were given by --env',
  async (t) => {
    const { host, monitoring } = await startServer(t, 'authorization { user: "al ice", password: "S3cr:et/pw@" }')
    const given = JSON.stringify(withoutWay(`nats://al%20ice:S3cr%3Aet%2Fpw%40@${host}`, monitoring))
    const { finished, squall } = await runScript(t, 'external-auth.ts', ['--env', `EXTERNAL=${given}`])
    t.is(finished.code, 0, finished.stderr)
    await assertHidden(t, squall, /S3cr|al ice|al%20ice/)

    const EXTERNAL = JSON.stringify(withoutWay(`nats://${host}`, monitoring))
    const refused = await (await Squall.start(t, ['run', scriptPath('external-auth.ts')], { EXTERNAL })).finished
    t.is(refused.code, 104)
    t.regex(refused.stderr, /let no client in: .*Authorization Violation/)
    const elsewhere = { EXTERNAL: JSON.stringify(withoutWay(`nats://${host}`, 'http://127.0.0.1:1')) }
    const silent = await (await Squall.start(t, ['run', scriptPath('external-auth.ts')], elsewhere)).finished
    t.is(silent.code, 104)
    t.regex(silent.stderr, /n1 does not answer at its monitoring URL http:\/\/127\.0\.0\.1:1: (?!fetch failed)/)
  },
)

test.serial('a token lets the run in, and stands nowhere afterwards', async (t) => {
  const { host, monitoring } = await startServer(t, 'authorization { token: "T0ps3cret" }')
  const EXTERNAL = JSON.stringify({ ...withoutWay(`nats://${host}`, monitoring), token: 'T0ps3cret' })
  const { finished, squall } = await runScript(t, 'external-auth.ts', [], { EXTERNAL })
  t.is(finished.code, 0, finished.stderr)
  await assertHidden(t, squall, /T0ps3cret/)
})

test.serial('a credentials file lets the run in; one that is not there, or is none, is named', async (t) => {
  const operator = makeOperator()
  const { folder, host, monitoring } = await startServer(t, operator.config)
  const file = join(folder, 'user.creds')
  await writeFile(file, operator.credentials)
  const env = (credentials: string) => ({
    EXTERNAL: JSON.stringify({ ...withoutWay(`nats://${host}`, monitoring), credentials }),
  })
  const { finished, squall } = await runScript(t, 'external-auth.ts', [], env(file))
  t.is(finished.code, 0, finished.stderr)
  await assertHidden(t, squall, /eyJ0eXAi|NKEY SEED/)

  for (const [credentials, said] of [
    [join(folder, 'gone.creds'), /^credentials of external\(\) could not be read: ENOENT.*gone\.creds'$/m],
    [join(folder, 'n1.conf'), /let no client in with the credentials in .*n1\.conf: BAD_CREDS/],
  ] as const) {
    const refused = await (await Squall.start(t, ['run', scriptPath('external-auth.ts')], env(credentials))).finished
    t.is(refused.code, 104, refused.stderr)
    t.regex(refused.stderr, said)
    t.notRegex(refused.stderr, /\n\s+at /, 'no stack')
  }
})
