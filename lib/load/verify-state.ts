import { setTimeout as sleep } from 'node:timers/promises'
import { now } from '../measure/index.ts'
import { messageAndPlace } from '../script-frame.ts'
import type { StateResult } from './ledger/result.ts'

const most = 20

/** Calls the script's `verifyState`, which returns what differs, a sentence each, or throws; what takes longer than `deadline` (monotonic ms) is told as a difference. Never rejects. */
export async function verifyState(call: () => unknown, deadline: number): Promise<StateResult> {
  try {
    const answer = await Promise.race([call(), late(deadline)])
    const all = Array.isArray(answer) ? answer.map(String) : []
    return { differences: all.slice(0, most), count: all.length }
  } catch (error) {
    return { differences: [`verifyState() threw: ${messageAndPlace(error)}`], count: 1 }
  }
}

async function late(deadline: number): Promise<never> {
  await sleep(Math.max(1_000, deadline - now()), undefined, { ref: false })
  throw new Error('it did not end before the drain did')
}
