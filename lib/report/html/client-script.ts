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

let assets: Promise<ClientAssets> | undefined

/** The page's script with everything that it imports, and uPlot's style sheet; made once. */
export function clientAssets(): Promise<ClientAssets> {
  assets ??= bundle()
  return assets
}

async function bundle(): Promise<ClientAssets> {
  const { outputFiles } = await build({
    // Beside this file, and as it is: compiled in a built Squall, TypeScript in its sources.
    entryPoints: [fileURLToPath(new URL(`./client/main${extname(import.meta.url)}`, import.meta.url))],
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
