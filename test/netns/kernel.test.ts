import test from 'ava'
import { probeHost } from '../../lib/binaries/index.ts'
import { UserError } from '../../lib/errors.ts'
import { kernelOf } from '../../lib/netns/kernel.ts'

const real = await probeHost()
const tools = { ...real.tools, ip: '/sbin/ip', nft: '/usr/sbin/nft', unshare: '/u', nsenter: '/n' }
const host = { ...real, platform: 'linux', root: true, networkNamespaces: true, veth: true, tools }

test('a machine that can not have namespaces is told why, in one sentence', (t) => {
  const refused = (changes: object) => {
    const error = t.throws(() => kernelOf({ ...host, packetFilter: 'nft', ...changes }), { instanceOf: UserError })
    t.is(error?.exitCode, 104)
    return error?.message
  }
  t.is(refused({ platform: 'darwin' }), "--driver netns can't be used here: it needs Linux")
  t.is(refused({ root: false }), "--driver netns can't be used here: it needs root")
  t.is(refused({ veth: false }), "--driver netns can't be used here: the kernel has no veth")
})

test('rules are made by nft where it works, else by iptables, by the programs that were found', (t) => {
  const { firewall, commandOf } = kernelOf({ ...host, packetFilter: 'nft' })
  t.is(firewall.name, 'nft')
  t.deepEqual(commandOf(firewall.list), ['/usr/sbin/nft', 'list', 'table', 'inet', 'squall'])
  const other = kernelOf({ ...host, packetFilter: 'iptables', tools: { ...tools, iptables: '/sbin/iptables' } })
  t.is(other.commandOf(other.firewall.replace([]))[0], '/sbin/iptables-restore')
})
