import test from 'ava'
import { natsFeatures } from '../../lib/binaries/index.ts'
import { effectiveSyncInterval, natsConfig, type RegionConfig } from '../../lib/topology/server/nats-config.ts'

const base = {
  name: 'n1',
  ports: { client: 4222, monitor: 8222, cluster: 6222, region: 7400 },
  storeDir: '/run/n1/store',
  portsDir: '/run/n1/ports',
}

test('loopback only, and clients are told an address that leads nowhere', (t) => {
  const lines = natsConfig(base, natsFeatures('2.15.2')).split('\n')
  t.true(lines.includes('listen: "127.0.0.1:4222"'))
  t.true(lines.includes('http: "127.0.0.1:8222"'))
  t.true(lines.includes('client_advertise: "127.0.0.1:1"'))
  t.false(lines.some((line) => /max_payload|sync_interval/.test(line)))
  t.true(natsConfig({ ...base, host: '0.0.0.0' }, natsFeatures('2.15.2')).includes('listen: "0.0.0.0:4222"'))
})

test('an option that the version does not know is left out', (t) => {
  const config = { ...base, syncInterval: 'always', maxPayload: 2_048 }
  t.regex(natsConfig(config, natsFeatures('2.10.0')), /sync_interval: "always"/)
  t.notRegex(natsConfig(config, natsFeatures('2.9.10')), /sync_interval/)
  t.regex(natsConfig(config, natsFeatures('2.9.10')), /max_payload: 2048/)
})

test('the fsync policy of the report is the one in force', (t) => {
  t.is(effectiveSyncInterval('100ms', natsFeatures('2.15.2')), '100ms')
  t.is(effectiveSyncInterval(undefined, natsFeatures('2.15.2')), '2m (default)')
  t.is(effectiveSyncInterval('100ms', natsFeatures('2.9.10')), 'unknown')
})

test('a folder with quotes in its name stays one string', (t) => {
  t.regex(natsConfig({ ...base, storeDir: '/a "b"' }, natsFeatures('2.15.2')), /store_dir: "\/a \\"b\\""/)
})

test('a node dials proxies only, and tells nobody where it listens', (t) => {
  const routes = { dial: ['127.0.0.1:7001', '127.0.0.1:7002'], protect: true }
  const lines = natsConfig({ ...base, routes }, natsFeatures('2.9.10')).split('\n')
  t.deepEqual(lines.slice(lines.indexOf('cluster {')), [
    'cluster {',
    '  name: "squall"',
    '  listen: "127.0.0.1:6222"',
    '  no_advertise: true',
    '  advertise: "127.0.0.1:1"',
    '  routes: ["nats-route://127.0.0.1:7001", "nats-route://127.0.0.1:7002"]',
    '}',
    '',
  ])
  t.regex(natsConfig({ ...base, routes }, natsFeatures('2.10.0')), /pool_size: -1\n {2}ping_interval: "2s"/)
  t.notRegex(natsConfig({ ...base, routes: { ...routes, protect: false } }, natsFeatures('2.10.0')), /no_advertise/)
})

test('gateways are given addresses that they can not pass on, where the version takes them', (t) => {
  const remotes = [{ name: 'b', dial: ['127.0.0.1:7001'] }]
  const region = { via: 'gateways', name: 'a', protect: true, remotes } as const
  t.true(
    natsConfig({ ...base, region }, natsFeatures('2.15.2')).includes(
      'urls: ["nats://b:b@[::ffff:127.0.0.1%25lo]:7001"]',
    ),
  )
  t.true(natsConfig({ ...base, region }, natsFeatures('2.12.1')).includes('urls: ["nats://b:b@127.0.0.1:7001"]'))
})

test('a region maps what its own clients publish, and not what comes over a leafnode', (t) => {
  const mappings = { 'orders.*': 'eu.orders.$1', 'audit.>': 'eu.audit.>' }
  const block = 'mappings {\n  "orders.*": "eu.orders.$1"\n  "audit.>": "eu.audit.>"\n}\n'
  const leaf = { via: 'leafnodes', name: 'b', protect: true, dial: ['127.0.0.1:7001'] } as const
  const config = (region: RegionConfig, version = '2.15.2') => natsConfig({ ...base, region }, natsFeatures(version))
  for (const region of [leaf, { via: 'gateways', name: 'b', protect: true, remotes: [] } as const]) {
    t.true(config({ ...region, mappings }).includes(block))
    t.notRegex(config(region), /mappings|deny/)
  }
  const denied = config({ ...leaf, mappings, hubMappings: { 'orders.*': 'us.$1' } })
  t.true(denied.includes('"], deny_imports: ["orders.*", "audit.>"], deny_exports: ["orders.*"] }]'), denied)
  t.notRegex(config({ via: 'gateways', name: 'b', protect: true, remotes: [], mappings }), /deny/)
  t.notRegex(config({ ...leaf, dial: [], mappings, hubMappings: mappings }), /deny/)
})

test('how soon a leafnode dials again is said as the version reads it', (t) => {
  const region = { via: 'leafnodes', name: 'b', protect: true, dial: ['127.0.0.1:7001'] } as const
  t.regex(natsConfig({ ...base, region }, natsFeatures('2.15.2')), /reconnect: "1s"\n/)
  t.regex(natsConfig({ ...base, region }, natsFeatures('2.9.10')), /reconnect: 1\n/)
})

test('a server that has no others to dial is in no cluster', (t) => {
  t.notRegex(natsConfig(base, natsFeatures('2.15.2')), /cluster/)
})
