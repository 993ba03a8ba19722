import type { ICreateToxicBody, Proxy as LinkProxy, Toxiproxy } from 'toxiproxy-node-client'
import { now } from '../measure/index.ts'
import { type Link, selectLinks } from '../topology/index.ts'
import type { Occurrence } from './fault.ts'
import { toxicsFor } from './toxics.ts'

/** Puts faults on links and takes them off, and has each confirmed by reading it back. Times are monotonic milliseconds. */
export interface Injector {
  apply(occurrence: Occurrence): Promise<{ targets: string[]; applyingAt: number; appliedAt: number }>
  heal(occurrence: Occurrence): Promise<{ healingAt: number; healedAt: number }>
  /** Heals all that is in force. Tries every one; rejects with what could not be healed. */
  healAll(): Promise<void>
}

export interface InjectorParts {
  readonly links: readonly Link[]
  readonly toxiproxy: Toxiproxy
}

/** A control call that takes longer is a fault of the proxy's. Its client has no deadline of its own. */
const callDeadlineMs = 3_000

export function createInjector({ links, toxiproxy }: InjectorParts): Injector {
  const active = new Map<string, Occurrence>()
  // Two `down` faults may overlap on a link: it comes back when the last one is healed.
  const downs = new Map<string, number>()

  const each = async (occurrence: Occurrence, what: string, act: (proxy: LinkProxy, link: Link) => Promise<void>) => {
    const targets = selectLinks(links, occurrence.fault.link)
    if (targets.length === 0) throw new Error(`there is no link ${occurrence.fault.link}`)
    // Together, because a fault on several links is one fault: the links must not differ by a call's time each.
    const results = await Promise.allSettled(
      targets.map(async (link) => {
        try {
          await withDeadline(toxiproxy.get(link.proxy).then((proxy) => act(proxy, link)))
        } catch (error) {
          throw new Error(`${what} ${occurrence.id} on link ${link.name}: ${explain(error)}`, { cause: error })
        }
      }),
    )
    throwAll(results)
    return targets.map(({ name }) => name)
  }

  const apply = async (occurrence: Occurrence) => {
    const applyingAt = now()
    active.set(occurrence.id, occurrence)
    const targets = await each(occurrence, 'applying', async (proxy) => {
      if (occurrence.fault.kind === 'down') {
        downs.set(proxy.name, (downs.get(proxy.name) ?? 0) + 1)
        const updated = await setEnabled(toxiproxy, proxy, false)
        if (updated.enabled) throw new Error('the proxy is still enabled')
        return
      }
      for (const toxic of toxicsFor(occurrence.fault, occurrence.id)) {
        await proxy.addToxic(toxic as unknown as ICreateToxicBody<never>)
        const read = await proxy.getToxic(toxic.name)
        if (read.type !== toxic.type) throw new Error(`it reads back as ${read.type}`)
      }
    })
    return { targets, applyingAt, appliedAt: now() }
  }

  const heal = async (occurrence: Occurrence) => {
    const healingAt = now()
    await each(occurrence, 'healing', async (proxy) => {
      if (occurrence.fault.kind === 'down') {
        const left = (downs.get(proxy.name) ?? 1) - 1
        downs.set(proxy.name, left)
        if (left > 0) return
        const updated = await setEnabled(toxiproxy, proxy, true)
        if (!updated.enabled) throw new Error('the proxy is still disabled')
        return
      }
      for (const { name } of toxicsFor(occurrence.fault, occurrence.id)) {
        const toxic = await proxy.getToxic(name).catch(onlyIfThere)
        await toxic?.remove().catch(onlyIfThere)
      }
    })
    active.delete(occurrence.id)
    return { healingAt, healedAt: now() }
  }

  const healAll = async () => {
    throwAll(await Promise.allSettled([...active.values()].map(heal)))
  }

  return { apply, heal, healAll }
}

async function setEnabled(toxiproxy: Toxiproxy, proxy: LinkProxy, enabled: boolean): Promise<LinkProxy> {
  await proxy.update({ enabled, listen: proxy.listen, upstream: proxy.upstream })
  return toxiproxy.get(proxy.name)
}

/** The client says of a refused call only its status: 404 means that the toxic has gone, which is what was wanted. */
function onlyIfThere(error: unknown): undefined {
  if (error instanceof Error && /status code 404/.test(error.message)) return undefined
  throw error
}

async function withDeadline<T>(promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${callDeadlineMs / 1_000} s`)), callDeadlineMs)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

/** "fetch failed" is all that toxiproxy-node-client tells of a proxy that is not there. */
function explain(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return message === 'fetch failed' ? 'Toxiproxy does not answer' : message
}

function throwAll(results: readonly PromiseSettledResult<unknown>[]): void {
  const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : []))
  if (errors.length === 0) return
  throw new AggregateError(errors, errors.map(({ message }) => message).join('; '))
}
