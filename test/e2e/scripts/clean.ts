import { consumer, type Iteration, type Phase, stream } from 'squall'

/** Nothing is done to anything: whatever the ledger finds here is the ledger's own mistake. MESSAGES: a multiple of 100. */
const messages = Number(process.env.MESSAGES ?? 20_000)
const together = 100

export const streams = [stream('CLEAN', { subjects: ['clean.>'] })]
export const consumers = [consumer('reader', { stream: 'CLEAN', ack: 'none', batch: 2_000 })]
export const phases: Phase[] = [{ name: 'only', duration: '30m', iterations: messages / together, vus: 20 }]

export async function load({ publish }: Iteration) {
  await Promise.all(Array.from({ length: together }, () => publish('clean.made', { size: 128 })))
}
