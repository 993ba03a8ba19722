import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type BuildResult, build } from 'esbuild'
import type { Sources } from '../call-site.ts'
import { buildError, isBuildFailure } from './build-error.ts'
import { originDefine, originPlugin } from './origin.ts'
import { sharedPlugin } from './shared.ts'

export interface Bundle {
  /** `file:` URL of the bundled module. */
  readonly url: string
  /** Of the script and of all that it imports and uses, wherever they lie. Hex. */
  readonly sha256: string
  /** The script and the files it imports, without packages. */
  readonly sources: Sources
}

/**
 * Bundles a script with what it imports into one module in `outDir`, source map beside it. `squall`, `nats` and
 * `hdr-histogram-js` stay outside and become this Squall's own copies, so that script and runner share them wherever
 * the bundle lies. Throws a {@link UserError} with the place and the lines around it.
 */
export async function bundleScript(path: string, outDir: string): Promise<Bundle> {
  const out = join(outDir, 'script.mjs')
  const originals = new Map<string, string>()
  const result = await build({
    entryPoints: [path],
    outfile: out,
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'linked',
    sourcesContent: true,
    logLevel: 'silent',
    absWorkingDir: dirname(path),
    // CommonJS packages in the bundle call require(); an ES module has none.
    banner: {
      js: `import { createRequire as __squallRequire } from 'node:module'; const require = __squallRequire(${JSON.stringify(pathToFileURL(path).href)});`,
    },
    loader: { '.node': 'copy' },
    define: originDefine,
    plugins: [sharedPlugin, originPlugin(originals)],
  }).catch((error: unknown) => {
    throw isBuildFailure(error) ? buildError(error, dirname(path)) : error
  })
  await Promise.all(result.outputFiles.map(({ path: file, contents }) => writeFile(file, contents)))
  const texts = textsOf(result, originals)
  const sources = new Map([...texts].filter(([file]) => !file.includes('/node_modules/')))
  return { url: pathToFileURL(out).href, sha256: hashOf(texts), sources }
}

type OutputFiles = BuildResult<{ write: false }>

/** What went into the bundle, in its order: path → text as it is on disk. */
function textsOf({ outputFiles }: OutputFiles, originals: Sources): Map<string, string> {
  const file = outputFiles.find(({ path }) => path.endsWith('.map'))!
  const map = JSON.parse(file.text) as {
    readonly sources: readonly string[]
    readonly sourcesContent: readonly (string | null)[]
  }
  return new Map(
    map.sources.map((source, index) => {
      const path = fileURLToPath(new URL(source, pathToFileURL(file.path)))
      return [path, originals.get(path) ?? map.sourcesContent[index] ?? '']
    }),
  )
}

/** Of the texts and their order alone: the bundle itself names files, and differs between folders. */
function hashOf(texts: Sources): string {
  const hash = createHash('sha256')
  for (const text of texts.values()) hash.update(`${text.length}\n${text}`)
  return hash.digest('hex')
}
