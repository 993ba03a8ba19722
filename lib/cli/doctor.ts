import { Command } from 'commander'
import {
  type BinaryName,
  binaries,
  type Capability,
  cacheFolder,
  capabilities,
  type FoundBinary,
  findBinary,
  type Host,
  isOlderThanPinned,
  probeHost,
  systemTools,
} from '../binaries/index.ts'
import { UserError } from '../errors.ts'

/** `squall doctor`: what is found here, and what that allows. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('print which programs were found and what this machine allows')
    .option('--json', 'print it as JSON')
    .action(doctor)
}

/** A binary as looked for; `problem` instead of `found` when the user must do something about it. */
interface Finding {
  readonly name: BinaryName
  readonly found?: FoundBinary
  readonly problem?: string
}

/** @throws UserError (exit 104) after the report when the main job can't run. */
async function doctor({ json = false }: { json?: boolean }): Promise<void> {
  const [natsServer, toxiproxyServer, haproxy, host] = await Promise.all([
    examine('nats-server'),
    examine('toxiproxy-server'),
    examine('haproxy'),
    probeHost(),
  ])
  const findings = [natsServer, toxiproxyServer, haproxy]
  const abilities = capabilities({
    host,
    natsServer: natsServer.found,
    toxiproxyServer: toxiproxyServer.found,
    haproxy: haproxy.found,
  })
  const report = { binaries: findings, cache: cacheFolder(), host, capabilities: abilities }
  const text = json ? JSON.stringify(report, undefined, 2) : layOut(findings, host, abilities)
  process.stdout.write(`${text}\n`)
  if (!natsServer.found) {
    throw new UserError('Runs are not possible on this machine yet: there is no usable nats-server.', {
      hint: 'Run `squall setup`, or see docs/binaries.md.',
    })
  }
}

async function examine(name: BinaryName): Promise<Finding> {
  try {
    const found = await findBinary(name)
    return found ? { name, found } : { name, problem: 'not found: `squall setup` gets it' }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return { name, problem: [error.message, error.hint].join(' ') }
  }
}

function layOut(findings: readonly Finding[], host: Host, abilities: readonly Capability[]): string {
  return [
    'Programs',
    ...findings.flatMap(describeBinary),
    `  cache: ${cacheFolder()}`,
    '',
    'Machine',
    ...describeHost(host),
    '',
    'What this allows',
    ...abilities.map(({ name, able, note }) => {
      const answer = able ? 'yes' : 'no'
      return `  ${name}: ${answer}${note ? `${able ? ';' : ', because'} ${note}` : ''}`
    }),
  ].join('\n')
}

function describeBinary({ name, found, problem }: Finding): string[] {
  if (!found) return [`  ${name}: ${problem}`]
  const binary = binaries[name]
  const age = isOlderThanPinned(binary, found.version) ? `, older than the tested ${binary.version}` : ''
  return [`  ${name} ${found.version}${age} (${found.source})`, `    ${found.path}`, `    sha256 ${found.sha256}`]
}

function describeHost(host: Host): string[] {
  const gibibytes = (host.memoryBytes / 2 ** 30).toFixed(1)
  const { soft = 'unlimited', hard = 'unlimited' } = host.openFiles
  const netem = host.netem === undefined ? 'unknown' : yesNo(host.netem)
  return [
    `  Node.js ${host.node} on ${host.platform} ${host.kernel}${host.root ? ', root' : ''}`,
    `  ${host.cores} cores (${host.cpu}), ${gibibytes} GiB memory`,
    `  open files: ${soft}, can be raised to ${hard}`,
    `  network namespaces: ${yesNo(host.networkNamespaces)} · veth: ${yesNo(host.veth)} · netem: ${netem} · cgroup v2: ${yesNo(host.cgroup2)}`,
    ...systemTools.map((tool) => `  ${tool}: ${host.tools[tool] ?? 'no'}`),
  ]
}

function yesNo(value: boolean): string {
  return value ? 'yes' : 'no'
}
