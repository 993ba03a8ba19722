import type { Instance } from '../services/index.ts'
import type { Effect } from './effect.ts'
import type { NodeFault } from './fault.ts'

/** What a fault does to instances of a service. */
export function instanceEffects({ kind }: NodeFault, instances: readonly Instance[]): Effect[] {
  return instances.map((instance) => ({
    target: instance.name,
    where: `instance ${instance.name}`,
    async apply() {
      if (kind === 'pause') return instance.pause()
      if (kind === 'kill') return instance.kill()
      await instance.stop()
      if (kind === 'restart') await instance.start()
    },
    async heal() {
      if (instance.state === 'paused') instance.resume()
      else if (instance.state === 'down') await instance.start()
    },
  }))
}
