import test from 'ava'
import { compareVersions, natsFeatures } from '../../lib/binaries/index.ts'

test('compares parts as numbers, and a pre-release as its release', (t) => {
  t.true(compareVersions('2.9.10', '2.10.0') < 0)
  t.true(compareVersions('v2.15.2', '2.15.1') > 0)
  t.is(compareVersions('2.15.0-RC.2', '2.15.0'), 0)
  t.true(compareVersions('10.0.0', '9.9.9') > 0)
})

test("Debian's 2.9.10 has none of the newer options", (t) => {
  t.deepEqual(natsFeatures('2.9.10'), {
    syncInterval: false,
    subjectTransforms: false,
    poolSize: false,
    clusterPingInterval: false,
    connectBackoff: false,
    leafReconnectDuration: false,
    leafIgnoreDiscoveredServers: false,
    // Older than the Go that refuses them.
    mappedAddresses: true,
    healthzStream: false,
    raftz: false,
    leaderSince: false,
    apiLevel: 0,
  })
})

test('the pinned version has them all', (t) => {
  const { apiLevel, ...flags } = natsFeatures('2.15.2')
  t.is(apiLevel, 5)
  t.true(Object.values(flags).every((flag) => flag === true))
})

test('a feature starts with its own release', (t) => {
  t.false(natsFeatures('2.10.17').raftz)
  t.true(natsFeatures('2.10.18').raftz)
  t.false(natsFeatures('2.11.9').leaderSince)
  t.true(natsFeatures('2.11.10').leaderSince)
  t.true(natsFeatures('2.12.0-RC.1').connectBackoff)
  t.is(natsFeatures('2.12.4').apiLevel, 2)
  t.deepEqual(
    ['2.11.9', '2.11.10', '2.11.11', '2.12.0', '2.12.1', '2.12.2'].map(
      (version) => natsFeatures(version).mappedAddresses,
    ),
    [true, false, true, true, false, true],
  )
})

test('an unreadable version gets the oldest feature set', (t) => {
  t.deepEqual(natsFeatures('main'), natsFeatures('2.9.0'))
})
