import { at, consumer, type Iteration, isolateClients, type Phase, region, regions, stream, subscription } from 'squall'

export const topology = regions(
  {
    a: { nodes: 1, mappings: { 'orders.*': 'us.orders.$1' } },
    b: { nodes: 1, failover: 'a', mappings: { 'orders.*': 'eu.orders.$1', 'audit.>': 'eu.audit.>' } },
  },
  { via: process.env.VIA === 'gateways' ? 'gateways' : 'leafnodes' },
)
export const streams = [
  stream('US', { subjects: ['us.>'] }),
  stream('AUDIT', { subjects: ['audit.>'] }),
  stream('EU', { subjects: ['eu.>'], region: 'b' }),
  // What it copies has a subject that its region maps.
  stream('AUDIT_B', { region: 'b', mirror: { stream: 'AUDIT', region: 'a' } }),
]
export const consumers = [
  consumer('us', { stream: 'US', filter: 'us.orders.created' }),
  consumer('eu', { stream: 'EU', filter: 'eu.orders.*' }),
  consumer('audits', { stream: 'AUDIT_B', filter: 'audit.login' }),
  subscription('heard', { subject: 'eu.audit.*', region: 'a' }),
  subscription('unmapped', { subject: 'orders.*', region: 'a' }),
]
export const phases: Phase[] = [
  { name: 'home', duration: '2s', rate: 100 },
  {
    name: 'away',
    duration: '3500ms',
    rate: 100,
    // So long that a machine which stands still for a moment does not sleep through it.
    faults: [at('500ms', isolateClients(region('b'), { mode: 'down', role: 'publishers' }), { for: '2500ms' })],
  },
]
export async function load({ publish }: Iteration) {
  await Promise.all(
    ['a', 'b'].flatMap((region) =>
      ['orders.created', 'audit.login'].map((subject) => publish(subject, { size: 64, region })),
    ),
  )
}
