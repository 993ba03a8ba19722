import test from 'ava'
import { refusal } from './project.ts'

// All tests here are serial: a thread has one registry of custom metrics.

const script = (roll: string, service = `instances: 2, loadBalancer: 'none'`) => `
import { at, rollingRestart, service } from 'squall'
export async function load() {}
export const services = [service('router', { command: ['./router'], ${service} })]
export const phases = [{ name: 'a', duration: '10s', rate: 1, faults: [at('1s', ${roll})] }]
`

const bad: readonly [what: string, text: string, expected: RegExp][] = [
  [
    'a service that is not there',
    script(`rollingRestart('rooter')`),
    /faults\[0\]\.fault\.service is "rooter"; there is no such service: did you mean "router"\?/,
  ],
  [
    'all instances at once',
    script(`rollingRestart('router', { maxUnavailable: 2 })`),
    /may take all of them away: router has 2 instances, and maxUnavailable is 2\. That is downtime/,
  ],
  [
    'the only instance',
    script(`rollingRestart('router')`, `instances: 1`),
    /may take all of them away: router has 1 instance, and maxUnavailable is 1\. That is downtime/,
  ],
  [
    'no instance',
    script(`rollingRestart('router')`, 'instances: 0'),
    /instances is 0; it must be a whole number from 1/,
  ],
  [
    'nobody may be missing',
    script(`rollingRestart('router', { maxUnavailable: 0 })`),
    /has maxUnavailable 0, so that no instance could be restarted/,
  ],
  [
    'a surge that nobody is told of',
    script(`rollingRestart('router', { surge: true })`),
    /has surge, and router is not behind HAProxy/,
  ],
  ['a port of one’s own', script(`rollingRestart('router', { to: { env: { PORT: '1' } } })`), /must not set PORT/],
  [
    'a balancer’s url',
    script(`rollingRestart('router')`, `loadBalancer: { url: 'localhost' }`),
    /loadBalancer is .*must be/,
  ],
]

for (const [what, text, expected] of bad) {
  test.serial(`refused: ${what}`, async (t) => {
    t.regex(await refusal(t, text), expected)
  })
}
