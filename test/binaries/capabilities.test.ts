import test from 'ava'
import { capabilities, type FoundBinary, type Host, probeHost } from '../../lib/binaries/index.ts'

const host: Host = {
  node: '22.0.0',
  platform: 'linux',
  kernel: '6.1.0',
  cpu: 'some CPU',
  cores: 8,
  memoryBytes: 2 ** 34,
  openFiles: { soft: 65_536, hard: 65_536 },
  root: true,
  tools: {
    ip: '/ip',
    tc: '/tc',
    nft: '/nft',
    iptables: undefined,
    unshare: '/unshare',
    nsenter: '/nsenter',
    docker: '/d',
    chromium: undefined,
  },
  dockerDaemon: true,
  networkNamespaces: true,
  veth: true,
  packetFilter: 'nft',
  netem: true,
  cgroup2: true,
}
const natsServer: FoundBinary = { name: 'nats-server', path: '/n', version: '2.15.2', sha256: 'a', source: 'PATH' }
const toxiproxyServer: FoundBinary = { ...natsServer, name: 'toxiproxy-server', version: '2.12.0' }
const haproxy: FoundBinary = { ...natsServer, name: 'haproxy', version: '2.6.12' }

const able = (list: ReturnType<typeof capabilities>) => list.filter((item) => item.able).map((item) => item.name)
const note = (list: ReturnType<typeof capabilities>, start: string) =>
  list.find((item) => item.name.startsWith(start))?.note

test('a machine with everything can do everything, without a note', (t) => {
  const list = capabilities({ host, natsServer, toxiproxyServer, haproxy })
  t.true(list.every((item) => item.able && item.note === undefined))
})

test('without a nats-server no scenario runs', (t) => {
  const list = capabilities({ host, natsServer: undefined, toxiproxyServer, haproxy })
  t.false(able(list).some((name) => /scenarios|Toxiproxy|partitions/.test(name)))
  t.regex(note(list, 'scenarios') ?? '', /no nats-server.*squall setup/)
})

test('without a haproxy no service has one in front of it', (t) => {
  const list = capabilities({ host, natsServer, toxiproxyServer, haproxy: undefined })
  t.is(note(list, 'services'), 'there is no haproxy (squall setup gets it)')
  t.is(able(list).length, list.length - 1)
})

test('says why the kernel can not partition or delay', (t) => {
  const surroundings = (overrides: Partial<Host>) =>
    capabilities({ host: { ...host, ...overrides }, natsServer, toxiproxyServer, haproxy })
  t.is(note(surroundings({ platform: 'darwin' }), 'kernel partitions'), 'it needs Linux')
  t.is(note(surroundings({ root: false }), 'kernel partitions'), 'it needs root')
  const noFilter = surroundings({ tools: { ...host.tools, nft: undefined } })
  t.is(note(noFilter, 'kernel partitions'), 'neither nft nor iptables is installed')
  t.is(note(surroundings({ veth: false }), 'kernel partitions'), 'the kernel has no veth')
  t.regex(note(surroundings({ packetFilter: undefined }), 'kernel partitions') ?? '', /takes no rules/)
  const noIp = surroundings({ tools: { ...host.tools, ip: undefined } })
  t.is(note(noIp, 'kernel partitions'), 'ip (iproute2) is not installed')
  t.true(able(noFilter).includes('kernel delay and loss (tc netem)'))
  t.is(note(surroundings({ netem: false }), 'kernel delay'), 'the kernel has no sch_netem')
  t.regex(note(surroundings({ netem: undefined }), 'kernel delay') ?? '', /does not say/)
  t.is(note(surroundings({ dockerDaemon: false }), 'containers'), 'no Docker daemon answers')
})

test('able, but warns of few files and few cores', (t) => {
  const scarce = { ...host, cores: 2, openFiles: { soft: 1_024, hard: 4_096 } }
  const list = capabilities({ host: scarce, natsServer, toxiproxyServer, haproxy })
  t.is(able(list).length, list.length)
  t.regex(note(list, 'scenarios') ?? '', /1024 open files.*ulimit -n/)
  t.regex(note(list, 'cluster') ?? '', /2 cores/)
})

test('looks at the real machine', async (t) => {
  const real = await probeHost()
  t.is(real.node, process.versions.node)
  t.true(real.cores >= 1 && real.memoryBytes > 0)
  t.true(real.openFiles.soft === undefined || real.openFiles.soft > 0)
  t.is(real.root, process.getuid?.() === 0)
  t.false(Object.values(real.tools).some((path) => path?.includes('node_modules')))
})
