import { randomUUID } from 'node:crypto'
import { probeHost } from '../../lib/binaries/index.ts'
import { dial } from '../../lib/faults/dial.ts'
import { iptables, nft } from '../../lib/netns/firewall.ts'
import { RegionNamespaces, requireKernel } from '../../lib/netns/index.ts'
import { interfacesOf, namespacesFor, netnsTest, planned } from './support.ts'

const { tools } = await probeHost()

for (const firewall of [nft, iptables]) {
  if (!tools[firewall.name]) continue
  netnsTest(`${firewall.name}: a cut stops packets, overlapping ones until the last is healed`, async (t) => {
    const { namespaces } = await namespacesFor(t, planned({ a: 1, b: 1 }), { firewall })
    const { cuts } = namespaces
    const [inA, inB] = [`${cuts.addressOf('a', 'b')}:9`, `${cuts.addressOf('b', 'a')}:9`]
    // Nobody listens there: whoever gets through is told so.
    t.deepEqual(await Promise.all([inA, inB].map(dial)), ['refused', 'refused'])
    await cuts.cut('one', [{ from: 'a', to: 'b' }], 'drop')
    await cuts.cut('other', [{ from: 'a', to: 'b' }], 'reject')
    t.deepEqual(await Promise.all([inA, inB].map(dial)), ['silent', 'silent'])
    await cuts.heal('one')
    // What is not answered may be sent again.
    t.true(cuts.stopped('one')! >= 2)
    // Told by the rule, and not by who is there.
    t.deepEqual(await Promise.all([inA, inB].map(dial)), ['refused', 'refused'])
    await cuts.heal('other')
    // At least two of those of before, and one of after the first was healed.
    t.true(cuts.stopped('other')! >= 3)
    t.deepEqual(await Promise.all([inA, inB].map(dial)), ['refused', 'refused'])
    await cuts.heal('other')
  })
}

netnsTest('what can not be made whole leaves nothing', async (t) => {
  const kernel = await requireKernel()
  const runId = randomUUID().slice(0, 8)
  const broken = { ...kernel, commandOf: () => ['/bin/false'] }
  const error = await t.throwsAsync(RegionNamespaces.create({ runId, plan: planned({ a: 1, b: 1 }), kernel: broken }))
  t.regex(error!.message, /^--driver netns: the regions' namespaces could not be made: .*ended with code 1/)
  t.deepEqual(await interfacesOf(runId), [])
})
