import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import test, { type ExecutionContext } from 'ava'
import { natsFeatures } from '../../lib/binaries/index.ts'
import { shapeOf } from '../../lib/topology/index.ts'
import { natsConfig } from '../../lib/topology/server/nats-config.ts'
import { topology as scriptTopology } from '../../scripts/external-cluster.ts'
import { isListening } from '../topology/support.ts'
import { patient, Squall, until } from './support.ts'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = join(root, 'scripts', 'compose')
const script = join(root, 'scripts', 'external-cluster.ts')

interface Proxy {
  readonly name: string
  readonly listen: string
  readonly upstream: string
}

const proxies: Proxy[] = JSON.parse(await readFile(join(folder, 'proxies.json'), 'utf8'))
const shape = shapeOf({ kind: 'cluster', nodes: 3, protectRoutes: true })
const portsOf = (node: string) => {
  const number = Number(node.slice(1))
  return { client: 4220 + number, monitor: 8220 + number, cluster: 6220 + number, region: 0 }
}
const allPorts = [
  8474,
  ...shape.nodes.flatMap((node) => [portsOf(node).client, portsOf(node).monitor, portsOf(node).cluster]),
  ...proxies.map(({ listen }) => Number(listen.split(':')[1])),
]

test('the proxies of compose.yaml are the links of cluster(), each before its server, on loopback', (t) => {
  t.deepEqual(
    proxies.map(({ name, upstream }) => ({ name, upstream })).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    shape.links
      .map(({ name, node, route }) => ({
        name,
        upstream: `127.0.0.1:${route ? portsOf(node).cluster : portsOf(node).client}`,
      }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  )
  t.true(proxies.every(({ listen }) => listen.startsWith('127.0.0.1:')))
  t.is(new Set(allPorts).size, allPorts.length)
})

for (const node of shape.nodes) {
  test(`${node} of compose.yaml is configured as ${node} of cluster()`, async (t) => {
    const dial = proxies.filter(({ name }) => name.startsWith(`route-${node}-`)).map(({ listen }) => listen)
    const routes = { dial, protect: true }
    const config = { name: node, ports: portsOf(node), storeDir: '/store', portsDir: '', routes }
    const settings = (text: string) =>
      text
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== '' && !line.startsWith('#') && !line.startsWith('ports_file_dir'))
    t.deepEqual(
      settings(await readFile(join(folder, `${node}.conf`), 'utf8')),
      settings(natsConfig(config, natsFeatures('2.15.2'))),
    )
  })
}

test('scripts/external-cluster.ts names the servers and the Toxiproxy of compose.yaml', (t) => {
  const urls = (scheme: string, port: 'client' | 'monitor') =>
    Object.fromEntries(shape.nodes.map((node) => [node, `${scheme}://127.0.0.1:${portsOf(node)[port]}`]))
  t.deepEqual(scriptTopology.servers, urls('nats', 'client'))
  t.deepEqual(scriptTopology.monitoring, urls('http', 'monitor'))
  t.is(scriptTopology.toxiproxy, 'http://127.0.0.1:8474')
  t.is(scriptTopology.links, undefined)
})

test.serial('the cluster of compose.yaml runs in containers, and is left as it was found', async (t) => {
  t.timeout(300_000)
  const reason = await whyNot()
  if (reason) {
    t.log(`skipped: ${reason}`)
    return t.pass()
  }
  const env = await startEngine(t)
  const compose = (...args: string[]) =>
    run('docker-compose', ['-p', 'squalltest', ...args], { cwd: root, env, timeout: 90_000 })
  const hadBin = existsSync(join(folder, 'bin'))
  t.teardown(() => (hadBin ? undefined : rm(join(folder, 'bin'), { recursive: true, force: true })))
  await run(join(folder, 'prepare.sh'))
  t.teardown(() => compose('down', '--timeout', '5', '--rmi', 'all').catch((error) => t.log(String(error))))
  await compose('up', '--build', '--detach')
  await until(
    async () => {
      const { stdout } = await run('docker', ['ps', '--format', '{{.Status}}'], { env })
      return stdout.split('\n').filter((line) => line.includes('(healthy)')).length === 4
    },
    'four healthy containers',
    90_000,
  )
  const state = async () => (await fetch('http://127.0.0.1:8474/proxies')).json()
  const before = await state()
  const squall = await Squall.start(t, ['run', script, '--out', 'report.json', '--time-scale', '0.3', ...patient])
  const finished = await squall.finished
  t.log(finished.stdout)
  t.is(finished.code, 0, finished.stderr)
  const report = await squall.report()
  t.is(report.result.verdict, 'passed')
  t.is(report.faults.filter(({ name }) => name === 'cut-off').length, 1)
  t.deepEqual(await state(), before)
})

/** An engine of the test's own, without a bridge: nothing of the machine's network is changed. */
async function startEngine(t: ExecutionContext): Promise<NodeJS.ProcessEnv> {
  const home = await mkdtemp('/tmp/squall-docker-')
  t.teardown(() => rm(home, { recursive: true, force: true }))
  const host = `unix://${home}/docker.sock`
  const log = await open(join(home, 'log'), 'w')
  const isolation = ['--iptables=false', '--ip6tables=false', '--bridge=none', '--storage-driver=vfs']
  const places = [`--data-root=${home}/data`, `--exec-root=${home}/exec`, `--pidfile=${home}/pid`, '-H', host]
  const engine: ChildProcess = spawn('dockerd', [...isolation, ...places], { stdio: ['ignore', log.fd, log.fd] })
  const ended = once(engine, 'exit')
  t.teardown(async () => {
    engine.kill('SIGTERM')
    await ended
    await log.close()
    // Mounted for containers on the host's network, and left so.
    await run('umount', [`${home}/exec/netns/default`]).catch(() => {})
  })
  const env = { ...process.env, DOCKER_HOST: host, DOCKER_BUILDKIT: '0', COMPOSE_DOCKER_CLI_BUILD: '0' }
  await until(async () => {
    if (engine.exitCode !== null) throw new Error(`dockerd ended: ${await readFile(join(home, 'log'), 'utf8')}`)
    return run('docker', ['version'], { env }).then(
      () => true,
      () => false,
    )
  }, 'the engine')
  return env
}

async function whyNot(): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    return 'a Docker engine is started as root on Linux only'
  for (const program of ['dockerd', 'docker', 'docker-compose', 'go']) {
    const found = await run(program, [program === 'go' ? 'version' : '--version']).catch(() => undefined)
    if (!found) return `there is no ${program} here`
  }
  for (const port of allPorts) {
    if (await isListening(`127.0.0.1:${port}`)) return `port ${port} of compose.yaml is taken`
  }
  return undefined
}
