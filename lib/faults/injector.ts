import type { Toxiproxy } from 'toxiproxy-node-client'
import { now } from '../measure/index.ts'
import { type Link, selectLinks } from '../topology/index.ts'
import type { Occurrence } from './fault.ts'
import { LinkControl } from './link-control.ts'

/**
 * Puts faults on links and takes them off, each change confirmed by reading it back. Times are monotonic milliseconds.
 * Every control call has a deadline of 3 s. What fails says which fault, which link, which call, and what came back.
 */
export interface Injector {
  /** `applyingAt` is before the first control call, `appliedAt` after the last one was confirmed. */
  apply(occurrence: Occurrence): Promise<{ targets: string[]; applyingAt: number; appliedAt: number }>
  heal(occurrence: Occurrence): Promise<{ healingAt: number; healedAt: number }>
  /** Heals all that is in force, in whole or in part. Tries every one; rejects with what could not be healed. */
  healAll(): Promise<void>
}

export interface InjectorParts {
  readonly links: readonly Link[]
  readonly toxiproxy: Toxiproxy
}

export function createInjector({ links, toxiproxy }: InjectorParts): Injector {
  const controls = new Map(links.map((link) => [link, new LinkControl(link, toxiproxy)]))
  const active = new Map<string, Occurrence>()

  // Together, because a fault on several links is one fault: they must not differ by a call's time each.
  const each = async (action: 'apply' | 'heal', occurrence: Occurrence): Promise<string[]> => {
    const { id, fault } = occurrence
    const targets = selectLinks(links, fault.link)
    if (targets.length === 0) throw new Error(`${action} ${id}: there is no link ${fault.link}`)
    const results = await Promise.allSettled(
      targets.map(async (link) => {
        try {
          await controls.get(link)![action](occurrence)
        } catch (error) {
          throw new Error(`${action} ${id} (${fault.kind}) on link ${link.name}: ${(error as Error).message}`, {
            cause: error,
          })
        }
      }),
    )
    throwAll(results)
    return targets.map(({ name }) => name)
  }

  const apply = async (occurrence: Occurrence) => {
    const applyingAt = now()
    // Before it is: what was applied in part must be healed too.
    active.set(occurrence.id, occurrence)
    const targets = await each('apply', occurrence)
    return { targets, applyingAt, appliedAt: now() }
  }

  const heal = async (occurrence: Occurrence) => {
    const healingAt = now()
    await each('heal', occurrence)
    active.delete(occurrence.id)
    return { healingAt, healedAt: now() }
  }

  const healAll = async () => {
    throwAll(await Promise.allSettled([...active.values()].map(heal)))
  }

  return { apply, heal, healAll }
}

function throwAll(results: readonly PromiseSettledResult<unknown>[]): void {
  const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : []))
  if (errors.length === 0) return
  throw new AggregateError(errors, errors.map(({ message }) => message).join('; '))
}
