import { type Iteration, type Phase, type SetupContext, stream } from 'squall'

export const streams = [stream('ORDERS', { subjects: ['orders'] })]
export const phases: Phase[] = [{ name: 'load', duration: '30s', iterations: 50 }]

/** More than can be read in the two milliseconds that `--drain 1ms` leaves for so few publishes. */
export async function setup({ nats }: SetupContext) {
  for (let sent = 0; sent < 20_000; sent += 1) nats.publish('orders')
  await nats.flush()
}

export async function load({ publish }: Iteration) {
  await publish('orders', { size: 64 })
}
