/** What is done with packets that go one way through an interface. */
export interface Rule {
  /** Name of the interface, in the namespace. */
  readonly interface: string
  /** As the namespace sees it. */
  readonly direction: 'in' | 'out'
  /** `drop` tells nobody; `reject` answers with a TCP reset. */
  readonly action: 'drop' | 'reject'
  /** That it has stopped so far. */
  readonly packets: number
}

/** A program that makes rules, and how to talk to it. All rules of a namespace are replaced at once. */
export interface Firewall {
  readonly name: 'nft' | 'iptables'
  /** Arguments after the program's path, and what it reads. */
  replace(rules: readonly Rule[]): FirewallCall
  /** Its output is for {@link parse}. */
  readonly list: FirewallCall
  parse(output: string): Rule[]
}

export interface FirewallCall {
  /** Name of the program, beside the firewall's own. */
  readonly program: string
  readonly args: readonly string[]
  readonly input?: string
}

/** A reset that answers a packet which was stopped must itself get out. */
const letsResetsOut = (rule: Rule) => rule.direction === 'out' && rule.action === 'reject'

export const nft: Firewall = {
  name: 'nft',
  replace: (rules) => ({
    program: 'nft',
    args: ['-f', '-'],
    input: `${[
      // Also where there is none yet; all of it happens at once, or nothing.
      'add table inet squall',
      'delete table inet squall',
      'table inet squall {',
      ...nftChain('in', 'input', rules),
      ...nftChain('out', 'output', rules),
      '}',
    ].join('\n')}\n`,
  }),
  list: { program: 'nft', args: ['list', 'table', 'inet', 'squall'] },
  parse: (output) =>
    [...output.matchAll(/^\s*([io])ifname "([^"]+)".* counter packets (\d+) bytes \d+ (drop|reject)/gm)].map(
      ([, way, name, packets, action]) => rule(way!, name!, packets!, action!),
    ),
}

function nftChain(direction: Rule['direction'], hook: string, rules: readonly Rule[]): string[] {
  const key = direction === 'in' ? 'iifname' : 'oifname'
  return [
    `  chain ${direction} {`,
    `    type filter hook ${hook} priority 0; policy accept;`,
    ...rules
      .filter((rule) => rule.direction === direction)
      .flatMap((rule) => {
        const name = `${key} "${rule.interface}"`
        const counter = `counter packets ${rule.packets} bytes 0`
        if (rule.action === 'drop') return [`    ${name} ${counter} drop`]
        const reject = `    ${name} meta l4proto tcp ${counter} reject with tcp reset`
        return letsResetsOut(rule) ? [`    ${name} tcp flags & rst == rst accept`, reject] : [reject]
      }),
    '  }',
  ]
}

export const iptables: Firewall = {
  name: 'iptables',
  replace: (rules) => ({
    program: 'iptables-restore',
    args: ['--counters'],
    input: `${[
      '*filter',
      ':INPUT ACCEPT [0:0]',
      ':FORWARD ACCEPT [0:0]',
      ':OUTPUT ACCEPT [0:0]',
      ...rules.flatMap((rule) => {
        const place = rule.direction === 'in' ? `INPUT -i ${rule.interface}` : `OUTPUT -o ${rule.interface}`
        const counters = `[${rule.packets}:0]`
        if (rule.action === 'drop') return [`${counters} -A ${place} -j DROP`]
        const reject = `${counters} -A ${place} -p tcp -j REJECT --reject-with tcp-reset`
        return letsResetsOut(rule) ? [`[0:0] -A ${place} -p tcp --tcp-flags RST RST -j ACCEPT`, reject] : [reject]
      }),
      'COMMIT',
    ].join('\n')}\n`,
  }),
  list: { program: 'iptables-save', args: ['--counters', '--table', 'filter'] },
  parse: (output) =>
    [...output.matchAll(/^\[(\d+):\d+\] -A \w+ -([io]) (\S+) .*-j (DROP|REJECT)/gm)].map(
      ([, packets, way, name, action]) => rule(way!, name!, packets!, action!.toLowerCase()),
    ),
}

function rule(way: string, name: string, packets: string, action: string): Rule {
  return {
    interface: name,
    direction: way === 'i' ? 'in' : 'out',
    action: action as Rule['action'],
    packets: Number(packets),
  }
}
