import { dirname, join } from 'node:path'
import { type Host, kernelCutObstacles, probeHost } from '../binaries/index.ts'
import { UserError } from '../errors.ts'
import { type Firewall, type FirewallCall, iptables, nft } from './firewall.ts'
import type { NamespaceTools } from './namespace.ts'

/** What this machine makes namespaces, cables and rules with. Paths are absolute. */
export interface Kernel {
  readonly tools: NamespaceTools
  readonly firewall: Firewall
  /** Command of a call of the firewall. */
  commandOf(call: FirewallCall): readonly string[]
}

/** @throws UserError with all that is in the way. */
export async function requireKernel(): Promise<Kernel> {
  return kernelOf(await probeHost())
}

/** @throws UserError as {@link requireKernel} */
export function kernelOf(host: Host): Kernel {
  const obstacles = kernelCutObstacles(host)
  if (obstacles.length > 0) {
    throw new UserError(`--driver netns can't be used here: ${obstacles.join(', ')}`, {
      hint: 'Leave the option out to have regions cut off by their proxies; `squall doctor` says what this machine allows.',
    })
  }
  const { ip, unshare, nsenter } = host.tools
  const firewall = host.packetFilter === 'nft' ? nft : iptables
  const folder = dirname(host.tools[firewall.name]!)
  return {
    tools: { ip: ip!, unshare: unshare!, nsenter: nsenter! },
    firewall,
    commandOf: ({ program, args }) => [join(folder, program), ...args],
  }
}
