import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

export interface ClientAssets {
  /** What draws the charts, whole, for a script element. */
  readonly script: string
  /** For a Content-Security-Policy: `sha256-…`. */
  readonly scriptHash: string
  readonly plotStyle: string
}

/** A file of `client/` that a page begins with: of a run's page, and of those that hold runs against each other. */
export type ClientEntry = 'main' | 'plots'

const assets = new Map<ClientEntry, Promise<ClientAssets>>()

/** A page's script with everything that it imports, and uPlot's style sheet; made once. */
export function clientAssets(entry: ClientEntry): Promise<ClientAssets> {
  const made = assets.get(entry) ?? bundle(entry)
  assets.set(entry, made)
  return made
}

async function bundle(entry: ClientEntry): Promise<ClientAssets> {
  const { outputFiles } = await build({
    // Beside this file, and as it is: compiled in a built Squall, TypeScript in its sources.
    entryPoints: [fileURLToPath(new URL(`./client/${entry}${extname(import.meta.url)}`, import.meta.url))],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    charset: 'ascii',
    legalComments: 'none',
    logLevel: 'silent',
  })
  const script = outputFiles[0]!.text.trim().replaceAll('</script', '<\\/script')
  const plotStyle = await readFile(createRequire(import.meta.url).resolve('uplot/dist/uPlot.min.css'), 'utf8')
  return { script, scriptHash: `sha256-${createHash('sha256').update(script).digest('base64')}`, plotStyle }
}
