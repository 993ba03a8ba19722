// The router with one thing wrong with it, by ROUTER_VARIANT: what the scenario must find.
import { type RouterBehaviour, startRouter } from '../../../scripts/services/router.ts'

const sound: RouterBehaviour = { acks: 'after work', state: 'kept', leaves: 'drained' }
const variants: Readonly<Record<string, RouterBehaviour>> = {
  'acks-before-work': { ...sound, acks: 'before work', leaves: 'at once' },
  'forgets-state': { ...sound, state: 'forgotten' },
  'drops-in-flight': { ...sound, leaves: 'at once' },
}

const name = process.env.ROUTER_VARIANT ?? ''
const behaviour = variants[name]
if (!behaviour) throw new Error(`ROUTER_VARIANT is "${name}"; it must be ${Object.keys(variants).join(' or ')}`)
await startRouter(behaviour)
