import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { ExecutionContext } from 'ava'
import { writeScript } from '../binaries/support.ts'
import { interfacesOf, netnsTest } from '../netns/support.ts'
import { natsServerBinary, temporaryFolder } from '../topology/support.ts'
import { countOf, patient, runScript, Squall, scriptPath, until } from './support.ts'

const netns = ['--driver', 'netns']

/** As its reaper was told. */
async function runIdOf(squall: Squall): Promise<string> {
  let id: string | undefined
  await until(async () => {
    id = /"runId":"(\w+)"/.exec((await squall.leftovers()).join('\n'))?.[1]
    return id !== undefined
  }, 'the run to have an id')
  return id!
}

/** No process, folder or interface; a namespace ends with its last process. */
async function assertNothingLeft(t: ExecutionContext, squall: Squall, runId: string): Promise<void> {
  await squall.assertNothingLeft(t)
  await until(async () => (await interfacesOf(runId)).length === 0, 'no interface to be left')
}

netnsTest('leafnodes cut off by the kernel: both regions ack, and what was queued reaches its consumers', async (t) => {
  const { report, finished, squall } = await runScript(t, 'region-copies.ts', ['--time-scale', '0.5', ...netns], {
    MODE: 'drop',
  })
  t.is(finished.code, 0, finished.stdout)
  t.like(report.environment, { driver: 'netns' })
  t.is(countOf(report, 'publish_acked'), 2_000)
  t.deepEqual(
    report.ledger!.consumers.map(({ consumer, expected, received, lost }) => ({ consumer, expected, received, lost })),
    [
      { consumer: 'near', expected: 1_000, received: 1_000, lost: 0 },
      { consumer: 'far', expected: 1_000, received: 1_000, lost: 0 },
      { consumer: 'all', expected: 2_000, received: 2_000, lost: 0 },
    ],
  )
  const [cut] = report.faults
  t.deepEqual(cut!.targets, ['leafnode-b1-a1'])
  t.regex(cut!.proof!, /2 directions silent.*; [1-9]\d* packets stopped, (\d+) of \1 dials across it silent$/)
  t.regex(finished.stdout, /cuts by (nft|iptables) \(netns\)/)
  await assertNothingLeft(t, squall, report.id)
})

/** A run whose region is cut off right now. */
async function cutOff(t: ExecutionContext): Promise<{ squall: Squall; runId: string }> {
  const args = ['run', scriptPath('region-copies.ts'), '--out', 'report.json', ...patient, ...netns]
  // Until somebody ends it.
  const squall = await Squall.start(t, args, { MODE: 'drop', CUT: '60' })
  await squall.said(/cut#1 applied/)
  const runId = await runIdOf(squall)
  t.is((await interfacesOf(runId)).length, 4)
  return { squall, runId }
}

/**
 * Ties a pair of interfaces to the namespace of each server of a run: the kernel removes both ends with that. Nothing else
 * tells from outside that one without a name, and without a process, is still there. Returns the names of the outer ends.
 */
async function markNamespaces(squall: Squall): Promise<string[]> {
  const markers: string[] = []
  for (const pid of await squall.pids(/nats-server -c/)) {
    const marker = `sqtest${randomUUID().slice(0, 8)}`
    const link = ['ip', 'link', 'add', 'marker', 'type', 'veth', 'peer', 'name', marker, 'netns', `${process.pid}`]
    await promisify(execFile)('nsenter', [`--net=/proc/${pid}/ns/net`, '--', ...link])
    markers.push(marker)
  }
  return markers
}

netnsTest('two runs side by side, ended by kill -9 and by Ctrl-C in the middle of a cut, leave nothing', async (t) => {
  const [one, other] = await Promise.all([cutOff(t), cutOff(t)])
  const markers = await markNamespaces(one.squall)
  t.is(markers.length, 2)
  one.squall.child.kill('SIGKILL')
  await assertNothingLeft(t, one.squall, one.runId)
  t.is((await interfacesOf(other.runId)).length, 4)
  other.squall.child.kill('SIGINT')
  t.is((await other.squall.finished).code, 105)
  await assertNothingLeft(t, other.squall, other.runId)
  await until(async () => {
    const there = await interfacesOf()
    return !markers.some((marker) => there.includes(marker))
  }, 'the namespaces to be gone')
})

const longNetnsTest = process.env.SQUALL_TEST_LONG === '1' ? netnsTest : () => {}
longNetnsTest('the scenario that users run passes, cut off by the kernel', async (t) => {
  t.timeout(300_000)
  const script = '../../../scripts/region-partitions.ts'
  const { report, finished, squall } = await runScript(t, script, ['--time-scale', '0.02', ...netns])
  t.is(finished.code, 0, finished.stdout)
  t.is(report.faults.length, 7)
  for (const { proof } of report.faults) t.regex(proof!, /18 directions silent.*[1-9]\d* packets stopped/)
  await assertNothingLeft(t, squall, report.id)
})

netnsTest('a server that does not start leaves nothing', async (t) => {
  const { path } = await natsServerBinary()
  const folder = await temporaryFolder(t)
  const go = join(folder, 'go')
  const ends = `while [ ! -e '${go}' ]; do sleep 0.05; done; exit 3`
  const broken = await writeScript(join(folder, 'broken'), `[ "$1" = -c ] && { ${ends}; }; exec ${path} "$@"`)
  const failing = await Squall.start(t, ['run', scriptPath('region-cut.ts'), '--nats-server', broken, ...netns])
  const runId = await runIdOf(failing)
  await writeFile(go, '')
  const { code, stderr } = await failing.finished
  t.is(code, 104)
  t.regex(stderr, /nats-server [ab]1 \(.*broken\) ended while it was starting \(exit code 3\)/)
  await assertNothingLeft(t, failing, runId)
})

netnsTest('a topology without regions is refused', async (t) => {
  const squall = await Squall.start(t, ['run', scriptPath('short.ts'), ...netns])
  const { code, stderr } = await squall.finished
  t.is(code, 104)
  t.regex(stderr, /--driver netns is for regions\(\), and the script's topology is single\(\)/)
  await squall.assertNothingLeft(t)
})
