import { Toxiproxy } from 'toxiproxy-node-client'
import { connectExternal, type RunningToxiproxy, startEmbedded, startReal } from '../../toxiproxy/index.ts'
import type { FoundBinary } from '../binaries/index.ts'
import { UserError } from '../errors.ts'
import type { ToxiproxyRecord } from '../report/index.ts'

/** Which Toxiproxy. */
export type ToxiproxyChoice =
  | { readonly kind: 'embedded' }
  | { readonly kind: 'real'; readonly binary: FoundBinary }
  | { readonly kind: 'external'; readonly url: string }

export interface ProxyContext {
  readonly seed: number
  readonly env: Readonly<Record<string, string>>
  readonly onSpawn: (pid: number) => void
}

/** Starts, or reaches, the Toxiproxy that the run's links go through. Throws a {@link UserError}. */
export async function startProxy(
  choice: ToxiproxyChoice,
  { seed, env, onSpawn }: ProxyContext,
): Promise<{ running: RunningToxiproxy; client: Toxiproxy; record: ToxiproxyRecord }> {
  const running = await start().catch((error: Error) => {
    throw new UserError(error.message, { cause: error })
  })
  const { kind, url, version } = running
  const binary = choice.kind === 'real' ? { binary: choice.binary.path, sha256: choice.binary.sha256 } : {}
  return { running, client: new Toxiproxy(url), record: { kind, url, version, ...binary } }

  function start(): Promise<RunningToxiproxy> {
    if (choice.kind === 'external') return connectExternal(choice.url)
    if (choice.kind === 'real') return startReal({ binary: choice.binary.path, seed, env, onSpawn })
    return startEmbedded({ seed, env, onSpawn })
  }
}
