import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Loader, Plugin } from 'esbuild'

/** Words for the file that they are written in, which in a bundle would mean the bundle: word → variable and its value. */
const words: Readonly<Record<string, readonly [string, (path: string) => string]>> = {
  'import.meta.url': ['__squall_url', (path) => pathToFileURL(path).href],
  'import.meta.dirname': ['__squall_dirname', dirname],
  'import.meta.filename': ['__squall_filename', (path) => path],
  __dirname: ['__squall_dirname', dirname],
  __filename: ['__squall_filename', (path) => path],
}

/** Replaces the words where they are expressions, and not where a script declares such a name itself. */
export const originDefine = Object.fromEntries(Object.entries(words).map(([word, [variable]]) => [word, variable]))

/**
 * Declares the variables in the files that need them, on the first line so that no other moves. Such files' true text goes
 * into `originals`.
 */
export function originPlugin(originals: Map<string, string>): Plugin {
  return {
    name: 'squall-origin',
    setup({ onLoad }) {
      onLoad({ filter: /\.[cm]?[jt]sx?$/ }, async ({ path }) => {
        const source = await readFile(path, 'utf8')
        const used = Object.keys(words).filter((word) => source.includes(word))
        if (used.length === 0) return undefined
        originals.set(path, source)
        return { contents: `${declarations(used, path)}${source.replace(/^#!/, '//')}`, loader: loaderOf(path) }
      })
    },
  }
}

function declarations(used: readonly string[], path: string): string {
  const values = new Map(used.map((word) => [words[word]![0], words[word]![1](path)]))
  return [...values].map(([variable, value]) => `var ${variable}=${JSON.stringify(value)};`).join('')
}

function loaderOf(path: string): Loader {
  if (path.endsWith('x')) return path.endsWith('tsx') ? 'tsx' : 'jsx'
  return path.endsWith('ts') ? 'ts' : 'js'
}
