import test from 'ava'
import { binaries, isOlderThanPinned, waysOut } from '../../lib/binaries/binary.ts'

test('reads the version that each program prints', (t) => {
  const nats = binaries['nats-server']
  t.is(nats.parseVersion('nats-server: v2.9.10\n'), '2.9.10')
  t.is(nats.parseVersion('nats-server: v2.15.2\n'), '2.15.2')
  t.is(nats.parseVersion('nats-server: v2.15.0-RC.2\n'), '2.15.0-RC.2')
  const toxiproxy = binaries['toxiproxy-server']
  t.is(toxiproxy.parseVersion('toxiproxy-server version 2.12.0\n'), '2.12.0')
  t.is(toxiproxy.parseVersion('toxiproxy-server version git\n'), 'git')
})

test('does not take another program for it', (t) => {
  t.is(binaries['nats-server'].parseVersion('toxiproxy-server version 2.12.0\n'), undefined)
  t.is(binaries['nats-server'].parseVersion('this is not nats-server: v2.15.2\n'), undefined)
  t.is(binaries['toxiproxy-server'].parseVersion('nats-server: v2.15.2\n'), undefined)
  t.is(binaries['toxiproxy-server'].parseVersion(''), undefined)
})

test('every archive has a secure URL of the pinned version and a whole hash', (t) => {
  const archives = Object.values(binaries).flatMap(({ version, archives }) =>
    Object.values(archives).map((archive) => ({ version, ...archive })),
  )
  t.true(archives.length > 0)
  for (const { version, url, sha256 } of archives) {
    t.true(url.startsWith('https://github.com/') && url.includes(`/v${version}/`), url)
    t.regex(sha256, /^[0-9a-f]{64}$/)
  }
})

test('names three ways out, and that toxiproxy must be renamed', (t) => {
  const lines = waysOut(binaries['nats-server']).split('\n')
  t.is(lines.length, 3)
  t.regex(lines[0] ?? '', /squall setup/)
  t.regex(lines[1] ?? '', /SQUALL_NATS_SERVER=.*--nats-server/)
  t.regex(lines[2] ?? '', /go install github.com\/nats-io\/nats-server\/v2@v2\.15\.2.*apt-get install nats-server/)
  t.regex(waysOut(binaries['toxiproxy-server']), /cmd\/server@v2\.12\.0 and rename it to toxiproxy-server$/)
  t.regex(waysOut(binaries.haproxy), /3\. put one on PATH: apt-get install haproxy \(2\.6\.12\)$/)
})

test('tells an older version from the pinned, a newer and an unknown one', (t) => {
  const nats = binaries['nats-server']
  t.true(isOlderThanPinned(nats, '2.9.10'))
  t.false(isOlderThanPinned(nats, '2.15.2'))
  t.false(isOlderThanPinned(nats, '3.0.0'))
  t.false(isOlderThanPinned(binaries['toxiproxy-server'], 'git'))
})
