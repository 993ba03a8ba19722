import test from 'ava'
import { refusal } from './project.ts'

// All tests here are serial: a thread has one registry of custom metrics.

const script = (roll: string, service = `instances: 2, loadBalancer: 'none'`) => `
import { at, crashLoop, node, rollingRestart, service } from 'squall'
export async function load() {}
export const services = [service('router', { command: ['node'], ${service} })]
export const phases = [{ name: 'a', duration: '10s', rate: 1, faults: [at('1s', ${roll})] }]
`

const services = (options: string) => `
import { service } from 'squall'
export async function load() {}
export const services = [service('router', { ${options} })]
export const phases = [{ name: 'a', duration: '10s', rate: 1 }]
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
  [
    'a name with = in it',
    script(`rollingRestart('router', { to: { env: { 'A=B': '1' } } })`),
    /has = in it; it must be one/,
  ],
  [
    'a value with NUL in it',
    script(`rollingRestart('router', { to: { env: { A: 'x\\0' } } })`),
    /must have no NUL in it/,
  ],
  ['a port of one’s own', script(`rollingRestart('router', { to: { env: { PORT: '1' } } })`), /must not set PORT/],
  [
    'another build that is not there',
    script(`rollingRestart('router', { to: { command: ['./router-v2'] } })`),
    /faults\[0\]\.fault\.to\.command is "\.\/router-v2"; there is no file .*\/router-v2/,
  ],
  [
    'a crash loop of a server',
    script(`crashLoop(node('n1'))`),
    /faults\[0\]\.fault\.target is n1; it must be an instance of a service/,
  ],
  [
    'effects in a stream of the load',
    `import { stream } from 'squall'\nexport const streams = [stream('DONE', { subjects: ['done'] })]\n${services(`command: ['node'], effects: { stream: 'DONE' }`)}`,
    /services\[0\]\.effects\.stream is "DONE", one of the script's streams, .*; let the service or setup\(\) make it/,
  ],
  [
    'a program that is not on PATH',
    services(`command: ['no-such-router']`),
    /services\[0\]\.command is "no-such-router"; there is no such program on PATH; one beside the script is named/,
  ],
  [
    'a program that is not there',
    services(`command: ['./router', '--port', '{port}']`),
    /script\.ts:\d+.*\n?.*services\[0\]\.command is "\.\/router"; there is no file .*\/router/,
  ],
  [
    'a check that is no program',
    services(`command: ['node'], ready: { command: ['./script.ts'] }`),
    /services\[0\]\.ready\.command is "\.\/script\.ts"; .*script\.ts is not executable/,
  ],
  [
    'state that is none',
    services(`command: ['node'], state: {}`),
    /state is .*; it must name a bucket in kv or a stream/,
  ],
  [
    'a bucket of no name',
    services(`command: ['node'], state: { kv: ['a.b'] }`),
    /state\.kv\[0\] is "a\.b"; it must be the name of a bucket/,
  ],
  [
    'a threshold on an instance that is not there',
    `${services(`command: ['node']`)}
export const thresholds = { 'instance_active{instance:router-9}': 'rate > 0' }`,
    /there is no instance "router-9"; did you mean "router-/,
  ],
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
