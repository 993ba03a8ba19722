import { fileURLToPath } from 'node:url'
import type { Plugin } from 'esbuild'

/** Modules of which script and runner must have the same copy → URL of this Squall's. */
export const sharedModules: Readonly<Record<string, () => string>> = {
  squall: () => new URL(import.meta.url.endsWith('.ts') ? '../index.ts' : '../index.js', import.meta.url).href,
  nats: () => import.meta.resolve('nats'),
  'hdr-histogram-js': () => import.meta.resolve('hdr-histogram-js'),
}

/** Leaves the shared modules out of the bundle. */
export const sharedPlugin: Plugin = {
  name: 'squall-shared-modules',
  setup({ onResolve }) {
    onResolve({ filter: /^(squall|nats|hdr-histogram-js)$/ }, ({ path, kind }) => {
      const url = sharedModules[path]!()
      return { path: kind === 'require-call' ? fileURLToPath(url) : url, external: true }
    })
  },
}
