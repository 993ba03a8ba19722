import { access, constants, readFile } from 'node:fs/promises'
import { availableParallelism, cpus, release, totalmem } from 'node:os'
import { delimiter, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { runChild } from './child.ts'

/** Programs of the system that some scenarios use. */
export const systemTools = ['ip', 'tc', 'nft', 'iptables', 'unshare', 'nsenter', 'docker', 'chromium'] as const
export type SystemTool = (typeof systemTools)[number]

/** The machine, as far as it decides what can be run on it. */
export interface Host {
  /** Without a leading `v`. */
  readonly node: string
  readonly platform: string
  readonly kernel: string
  readonly cpu: string
  readonly cores: number
  readonly memoryBytes: number
  /** Limit of open file descriptors; undefined where it can't be read or there is none. */
  readonly openFiles: { readonly soft: number | undefined; readonly hard: number | undefined }
  readonly root: boolean
  readonly tools: Readonly<Record<SystemTool, string | undefined>>
  /** Whether a Docker daemon answers the client. */
  readonly dockerDaemon: boolean
  /** Whether a network namespace can be made, tried with one that vanishes at once. */
  readonly networkNamespaces: boolean
  /** Whether interfaces that are joined can be made in one, tried in the same way. */
  readonly veth: boolean
  /** What makes rules for packets in one, tried in the same way; nft before iptables. */
  readonly packetFilter: 'nft' | 'iptables' | undefined
  /** Whether the kernel has `sch_netem`; undefined where nothing tells. */
  readonly netem: boolean | undefined
  readonly cgroup2: boolean
}

/** Looks at the machine. Changes nothing on it, but that for root the kernel may load its modules for veth and packet filters. */
export async function probeHost(): Promise<Host> {
  const tools = Object.fromEntries(
    await Promise.all(systemTools.map(async (tool) => [tool, await findTool(tool)] as const)),
  ) as Host['tools']
  return {
    node: process.versions.node,
    platform: process.platform,
    kernel: release(),
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    openFiles: await readOpenFiles(),
    root: process.getuid?.() === 0,
    tools,
    dockerDaemon: tools.docker !== undefined && (await succeeds(tools.docker, ['version'])),
    networkNamespaces: await succeeds('unshare', ['--net', 'true']),
    veth: await succeedsApart(tools.ip, ['link', 'add', 'one', 'type', 'veth', 'peer', 'name', 'other']),
    packetFilter: (await succeedsApart(tools.nft, ['add', 'table', 'inet', 'squall']))
      ? 'nft'
      : (await succeedsApart(tools.iptables, ['--list-rules']))
        ? 'iptables'
        : undefined,
    netem: await hasNetem(release()),
    cgroup2: (await readOrNone('/proc/self/mounts')).split('\n').some((mount) => mount.split(' ')[2] === 'cgroup2'),
  }
}

/** Superusers' tools are often outside the PATH of others; npm puts unrelated namesakes (`nft`) in front of it. */
async function findTool(tool: string): Promise<string | undefined> {
  const path = (process.env.PATH ?? '').split(delimiter)
  const folders = [...path, '/usr/sbin', '/sbin'].filter((folder) => folder && !folder.endsWith('node_modules/.bin'))
  for (const folder of folders) {
    const path = join(folder, tool)
    if (await isExecutable(path)) return path
  }
  return undefined
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  )
}

async function succeeds(program: string, args: readonly string[]): Promise<boolean> {
  return runChild(program, args, { timeout: 5_000 }).then(
    () => true,
    () => false,
  )
}

/** In a network namespace that vanishes at once. */
async function succeedsApart(program: string | undefined, args: readonly string[]): Promise<boolean> {
  return program !== undefined && (await succeeds('unshare', ['--net', program, ...args]))
}

/** A shell's `ulimit` says it on every Unix; /proc would only on Linux. */
async function readOpenFiles(): Promise<Host['openFiles']> {
  const output = await runChild('sh', ['-c', 'ulimit -Sn; ulimit -Hn'], { timeout: 5_000 }).catch(() => '')
  const [soft, hard] = output.split('\n').map((line) => (/^\d+$/.test(line) ? Number(line) : undefined))
  return { soft, hard }
}

/** Reads instead of trying: adding a netem qdisc would load the module. */
async function hasNetem(kernel: string): Promise<boolean | undefined> {
  const modules = join('/lib/modules', kernel)
  const listed = (await readOrNone(join(modules, 'modules.builtin'))) + (await readOrNone(join(modules, 'modules.dep')))
  if (listed.includes('/sch_netem.ko')) return true
  const config = await readFile('/proc/config.gz').catch(() => undefined)
  const setting = config && /^(?:# )?CONFIG_NET_SCH_NETEM[= ](.*)$/m.exec(gunzipSync(config).toString())?.[1]
  if (setting === 'y') return true
  // As a module (`m`) it is only there if it was installed, and then it would have been listed.
  return setting === undefined && listed === '' ? undefined : false
}

async function readOrNone(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '')
}
