import type { FoundBinary } from './find.ts'
import type { Host } from './host.ts'

/** Something Squall can do, and whether it can here. */
export interface Capability {
  readonly name: string
  readonly able: boolean
  /** Why not, or what to keep in mind. */
  readonly note?: string
}

export interface Surroundings {
  readonly host: Host
  readonly natsServer: FoundBinary | undefined
  readonly toxiproxyServer: FoundBinary | undefined
  readonly haproxy: FoundBinary | undefined
}

/** Each link is three descriptors in the proxy and the servers; fewer than this and a few hundred clients run out. */
const comfortableOpenFiles = 4_096

/** What a machine allows, the main job first. */
export function capabilities({ host, natsServer, toxiproxyServer, haproxy }: Surroundings): Capability[] {
  const noServer = natsServer ? [] : ['there is no nats-server (squall setup gets it)']
  const { tools, openFiles } = host
  return [
    capability('scenarios on one server, embedded Toxiproxy', noServer, fewFiles(openFiles.soft)),
    capability('cluster and region scenarios', noServer, crowded(host)),
    capability('real Toxiproxy (--toxiproxy real)', [
      ...noServer,
      ...(toxiproxyServer ? [] : ['there is no toxiproxy-server (squall setup gets it)']),
    ]),
    capability('kernel partitions (--driver netns)', [...noServer, ...kernelCutObstacles(host)]),
    capability('kernel delay and loss (tc netem)', [
      ...namespaceObstacles(host),
      ...(tools.tc ? [] : ['tc is not installed']),
      ...(host.netem
        ? []
        : [`the kernel ${host.netem === false ? 'has no' : 'does not say whether it has'} sch_netem`]),
    ]),
    capability('cgroup v2 limits', [
      ...(host.root ? [] : ['it needs root']),
      ...(host.cgroup2 ? [] : ['no cgroup2 file system is mounted']),
    ]),
    capability('containers (compose.yaml)', dockerObstacles(host)),
    capability('services behind HAProxy', [
      ...noServer,
      ...(haproxy ? [] : ['there is no haproxy (squall setup gets it)']),
    ]),
  ]
}

function capability(name: string, obstacles: readonly string[], note?: string): Capability {
  if (obstacles.length > 0) return { name, able: false, note: obstacles.join(', ') }
  return note ? { name, able: true, note } : { name, able: true }
}

/** Why regions can't have network namespaces of their own here, and be cut off by the kernel; none where they can. */
export function kernelCutObstacles(host: Host): string[] {
  const { platform, root, tools, veth, packetFilter } = host
  const obstacles = namespaceObstacles(host)
  if (platform !== 'linux' || !root) return obstacles
  if (!tools.unshare || !tools.nsenter) obstacles.push('unshare and nsenter (util-linux) are not installed')
  if (!tools.nft && !tools.iptables) obstacles.push('neither nft nor iptables is installed')
  if (obstacles.length > 0) return obstacles
  if (!veth) obstacles.push('the kernel has no veth')
  if (!packetFilter) obstacles.push('the kernel takes no rules from nft or iptables')
  return obstacles
}

function namespaceObstacles({ platform, root, tools, networkNamespaces }: Host): string[] {
  if (platform !== 'linux') return ['it needs Linux']
  if (!root) return ['it needs root']
  const obstacles: string[] = []
  if (!networkNamespaces) obstacles.push('network namespaces can not be made')
  if (!tools.ip) obstacles.push('ip (iproute2) is not installed')
  return obstacles
}

function dockerObstacles({ tools, dockerDaemon }: Host): string[] {
  if (!tools.docker) return ['docker is not installed']
  return dockerDaemon ? [] : ['no Docker daemon answers']
}

function fewFiles(soft: number | undefined): string | undefined {
  if (soft === undefined || soft >= comfortableOpenFiles) return undefined
  return `at most ${soft} open files: raise it with \`ulimit -n ${comfortableOpenFiles}\` for many clients`
}

function crowded({ cores }: Host): string | undefined {
  return cores < 4 ? `${cores} cores are shared by servers and load: keep rates low` : undefined
}
