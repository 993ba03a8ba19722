import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type BuildFailure, build, type Message, type Plugin } from 'esbuild'
import { UserError } from '../errors.ts'

export interface Bundle {
  /** `file:` URL of the bundled module. */
  readonly url: string
  /** Of the code, the same wherever the script lies. Hex. */
  readonly sha256: string
}

/**
 * Bundles a script with what it imports into one module in `outDir`, source map beside it. `squall`, `nats` and
 * `hdr-histogram-js` stay outside and become this Squall's own copies, so that script and runner share them wherever
 * the bundle lies. Throws a {@link UserError} with the place and the lines around it.
 */
export async function bundleScript(path: string, outDir: string): Promise<Bundle> {
  const out = join(outDir, 'script.mjs')
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
    // Comments in the bundle name files relative to this: the same text, and hash, on every machine.
    absWorkingDir: dirname(path),
    // CommonJS packages in the bundle call require(); an ES module has none.
    banner: {
      js: `import { createRequire as __squallRequire } from 'node:module'; const require = __squallRequire(${originUrl(path)});`,
    },
    loader: { '.node': 'copy' },
    plugins: [ownCopies, ownLocation],
  }).catch((error: BuildFailure) => {
    throw buildError(error, dirname(path))
  })
  const code = result.outputFiles.find(({ path: file }) => file.endsWith('.mjs'))!
  await Promise.all(result.outputFiles.map(({ path: file, contents }) => writeFile(file, contents)))
  return { url: pathToFileURL(out).href, sha256: hashOf(code.text, path) }
}

/** Modules of which there must be one, and what each is here. */
const shared: Readonly<Record<string, () => string>> = {
  squall: () => new URL(import.meta.url.endsWith('.ts') ? '../index.ts' : '../index.js', import.meta.url).href,
  nats: () => import.meta.resolve('nats'),
  'hdr-histogram-js': () => import.meta.resolve('hdr-histogram-js'),
}

const ownCopies: Plugin = {
  name: 'squall-own-copies',
  setup({ onResolve }) {
    onResolve({ filter: /^(squall|nats|hdr-histogram-js)$/ }, ({ path }) => ({ path: shared[path]!(), external: true }))
  },
}

/** `import.meta.url` and its like must mean the file they are written in, and not the bundle. */
const ownLocation: Plugin = {
  name: 'squall-own-location',
  setup({ onLoad }) {
    onLoad({ filter: /\.[cm]?[jt]sx?$/ }, async ({ path }) => {
      if (path.includes('/node_modules/')) return undefined
      const source = await readFile(path, 'utf8')
      if (!/import\.meta\.(url|dirname|filename)|__dirname|__filename/.test(source)) return undefined
      const contents = source
        .replaceAll(/\bimport\.meta\.url\b/g, originUrl(path))
        .replaceAll(/\bimport\.meta\.dirname\b|\b__dirname\b/g, JSON.stringify(dirname(path)))
        .replaceAll(/\bimport\.meta\.filename\b|\b__filename\b/g, JSON.stringify(path))
      return { contents, loader: loaderOf(path), resolveDir: dirname(path) }
    })
  },
}

function loaderOf(path: string): 'ts' | 'tsx' | 'js' | 'jsx' {
  if (path.endsWith('x')) return path.endsWith('tsx') ? 'tsx' : 'jsx'
  return /ts$/.test(path) ? 'ts' : 'js'
}

function originUrl(path: string): string {
  return JSON.stringify(pathToFileURL(path).href)
}

/** Without what differs between machines: places of this Squall, of the script, and of the source map. */
function hashOf(code: string, script: string): string {
  let text = code.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n')
  for (const [name, url] of Object.entries(shared)) text = text.replaceAll(url(), name)
  const root = dirname(script)
  text = text.replaceAll(pathToFileURL(root).href, '.').replaceAll(root, '.')
  return createHash('sha256').update(text).digest('hex')
}

function buildError(error: BuildFailure, cwd: string): unknown {
  const first = error.errors?.[0]
  if (!first) return error
  const file = first.location ? resolve(cwd, first.location.file) : undefined
  return new UserError(messageFor(first), {
    cause: error,
    ...(file && {
      location: { file: relative(process.cwd(), file), line: first.location!.line, column: first.location!.column + 1 },
    }),
    ...(first.location && { frame: codeFrame(first.location) }),
  })
}

function messageFor({ text, notes }: Message): string {
  const missing = /^Could not resolve "([^"]+)"$/.exec(text)
  if (missing?.[1]) {
    return missing[1].startsWith('.')
      ? `there is no file ${missing[1]}`
      : `there is no package ${missing[1]}: install it in the project of the script, e.g. npm install ${missing[1]}`
  }
  return [text, ...notes.map((note) => note.text)].join(' ')
}

function codeFrame({ line, column, length, lineText }: NonNullable<Message['location']>): string {
  const gutter = String(line)
  const pointer = `${' '.repeat(column)}${'~'.repeat(Math.max(1, Math.min(length, lineText.length - column)))}`
  return `${gutter} │ ${lineText}\n${' '.repeat(gutter.length)} │ ${pointer}`
}
