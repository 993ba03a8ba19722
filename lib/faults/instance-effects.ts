import { setTimeout as sleep } from 'node:timers/promises'
import { now } from '../measure/index.ts'
import type { Instance } from '../services/index.ts'
import type { Effect } from './effect.ts'
import type { NodeFault } from './fault.ts'
import { comesBack } from './not-back.ts'

/** What a fault does to instances of a service. */
export function instanceEffects({ kind }: NodeFault, instances: readonly Instance[]): Effect[] {
  return instances.map((instance) => ({
    target: instance.name,
    where: `instance ${instance.name}`,
    async apply() {
      if (kind === 'pause') return instance.pause()
      if (kind === 'kill') return instance.kill()
      if (kind === 'crashLoop') {
        instance.crashLoop = true
        return
      }
      await instance.stop()
      if (kind === 'restart') await comesBack(() => instance.start())
    },
    async heal() {
      if (kind === 'crashLoop') {
        instance.crashLoop = false
        return untilSettled(instance)
      }
      if (instance.state === 'paused') instance.resume()
      else if (instance.state === 'down') await comesBack(() => instance.start())
    },
  }))
}

const pollMs = 20

/** Until its service has brought it up again, or has given it up, or it has had its time: what is then wrong is told at the end. */
async function untilSettled(instance: Instance): Promise<void> {
  const deadline = now() + instance.longestBackMs
  while (!instance.up && !instance.gaveUp && now() < deadline) await sleep(pollMs)
}
