import { Toxiproxy } from 'toxiproxy-node-client'
import { controlCall } from './control-call.ts'

/** Proxies of somebody else's Toxiproxy, as they were found. Plain data: it is given to another process. */
export interface BorrowedProxies {
  readonly url: string
  readonly proxies: readonly {
    readonly name: string
    readonly listen: string
    readonly upstream: string
    /** Names of the toxics that were there. */
    readonly toxics: readonly string[]
  }[]
}

/** Names of the toxics of each proxy, which toxiproxy-node-client does not tell. */
export async function readToxics(url: string): Promise<Readonly<Record<string, readonly string[]>>> {
  const response = await fetch(`${url}/proxies`, { signal: AbortSignal.timeout(3_000) })
  const proxies = (await response.json()) as Record<string, { readonly toxics: readonly { readonly name: string }[] }>
  return Object.fromEntries(
    Object.entries(proxies).map(([name, { toxics }]) => [name, toxics.map((toxic) => toxic.name)]),
  )
}

/** Leaves them as they were found: enabled, and with no toxics but those that were there. Never rejects. */
export async function restoreProxies({ url, proxies }: BorrowedProxies): Promise<void> {
  const toxiproxy = new Toxiproxy(url)
  const present = await readToxics(url).catch(() => ({}) as Record<string, string[]>)
  await Promise.allSettled(
    proxies.map(async ({ name, listen, upstream, toxics }) => {
      const proxy = await controlCall(`look at proxy ${name}`, toxiproxy.get(name))
      const ours = (present[name] ?? []).filter((toxic) => !toxics.includes(toxic))
      const removals = ours.map(async (toxic) => (await proxy.getToxic(toxic)).remove())
      await Promise.allSettled(removals.map((removal) => controlCall(`remove a toxic of ${name}`, removal)))
      if (!proxy.enabled) {
        await controlCall(`enable proxy ${name}`, proxy.update({ enabled: true, listen, upstream }))
      }
    }),
  )
}
