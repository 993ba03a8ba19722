export const minimal = `import type { Iteration, Phase } from 'squall'

// The least a script is: how long, how fast, and what. It runs against one nats-server that Squall starts.
export const phases: Phase[] = [{ name: 'steady', duration: '10s', rate: 100 }]

export async function load({ publish }: Iteration) {
  await publish('hello', { size: 128 })
}
`
