import { createRequire } from 'node:module'
import { join } from 'node:path'
import test from 'ava'
import { plan, planIn, project, steady } from './project.ts'

// One script at a time: its metrics are the module's.
const own = createRequire(import.meta.url)

/** A script whose phase is named after what an expression of the script gives. */
const naming = (expression: string, before = '') => `${before}
export const phases = [{ name: String(${expression}), duration: '5s', rate: 100 }]
export const load = () => {}
`
const nameOf = async (script: Parameters<typeof plan>[1], t: Parameters<typeof plan>[0]) =>
  (await plan(t, script)).phases[0]?.name

test.serial('TypeScript, relative imports and JSON become one module', async (t) => {
  const name = await nameOf(
    {
      'script.ts': naming(
        "[first, values[1]].join('-')",
        "import { first } from './lib/first.ts'\nimport values from './values.json'",
      ),
      'lib/first.ts': "import { one } from '../one.js'\nexport const first: string = one as string",
      'one.js': "export const one = 'one'",
      'values.json': '["zero", "two"]',
    },
    t,
  )
  t.is(name, 'one-two')
})

test.serial('packages are found from the script, whether they are modules or CommonJS', async (t) => {
  const name = await nameOf(
    {
      'script.ts': naming("[esm, cjs].join('-')", "import esm from 'esm-package'\nimport cjs from 'cjs-package'"),
      'node_modules/esm-package/package.json': '{ "name": "esm-package", "type": "module", "exports": "./index.js" }',
      'node_modules/esm-package/index.js': "export default new URL('.', import.meta.url).pathname.split('/').at(-2)",
      'node_modules/cjs-package/package.json': '{ "name": "cjs-package", "main": "index.js" }',
      'node_modules/cjs-package/index.js':
        "module.exports = require('path').basename(__dirname) + typeof require('nats').connect",
    },
    t,
  )
  t.is(name, 'esm-package-cjs-packagefunction')
})

for (const [module, key] of [
  ['squall', 'latency'],
  ['nats', 'connect'],
  ['hdr-histogram-js', 'build'],
] as const) {
  test.serial(`${module} is the runner's own copy, also for packages, and needs no installation`, async (t) => {
    const shared = globalThis as { seen?: unknown[] }
    shared.seen = []
    await plan(t, {
      'script.ts': `import { ${key} } from '${module}'\nimport 'a-package'\n;(globalThis as any).seen.push(${key})${steady}`,
      'node_modules/a-package/package.json': '{ "name": "a-package", "type": "module", "exports": "./index.js" }',
      'node_modules/a-package/index.js': `import { ${key} } from '${module}'; globalThis.seen.push(${key})`,
    })
    const ours = module === 'squall' ? await import('../../lib/index.ts') : await import(own.resolve(module))
    t.is(typeof ours[key], 'function')
    t.deepEqual(shared.seen, [ours[key], ours[key]])
  })
}

test.serial(
  'metrics that a script declares are known to the plan, and those of the script before are not',
  async (t) => {
    const declaring = (name: string) => `import { trend } from 'squall'
export const size = trend('${name}', { unit: 'bytes' })
export const thresholds = { ${name}: 'p99 < 1KB' }${steady}`
    await plan(t, declaring('first_size'))
    const { metrics, thresholds } = await plan(t, declaring('second_size'))
    t.deepEqual(
      metrics.map(({ name, type, unit }) => [name, type, unit]),
      [['second_size', 'trend', 'bytes']],
    )
    t.like(thresholds[0], { metric: 'second_size', limit: 1_000 })
  },
)

test.serial('a file finds itself, although it is bundled', async (t) => {
  const folder = await project(t, {
    'script.ts': naming(
      'here.length',
      `import { here } from './lib/here.ts'
;(globalThis as any).places = [import.meta.url, import.meta.dirname, import.meta.filename, __filename, here]`,
    ),
    'lib/here.ts': `import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
// A name of the script's own is its own, and a word in a string is a word: "import.meta.url".
const __dirname = dirname(fileURLToPath(import.meta.url))
export const here = __dirname + 'import.meta.url'`,
  })
  await planIn(folder)
  t.deepEqual((globalThis as { places?: unknown }).places, [
    `file://${folder}/script.ts`,
    folder,
    join(folder, 'script.ts'),
    join(folder, 'script.ts'),
    `${folder}/libimport.meta.url`,
  ])
})

test.serial('a script that makes its own require, and one that begins with #!, are bundled too', async (t) => {
  const script = naming(
    "require('./name.cjs')",
    "import { createRequire } from 'node:module'\nconst require = createRequire(import.meta.url)",
  )
  t.is(
    await nameOf({ 'script.ts': `#!/usr/bin/env squall\n${script}`, 'name.cjs': "module.exports = 'mine'" }, t),
    'mine',
  )
})

test.serial('--env is seen while the script is imported', async (t) => {
  t.is((await plan(t, naming('process.env.STAGE'), { env: { STAGE: 'canary' } })).phases[0]?.name, 'canary')
  delete process.env.STAGE
})

const tree = (value: string) => ({
  'script.ts': `import { a } from './lib/a.ts'\nimport b from 'b'\nconsole.assert(a, b, import.meta.url)${steady}`,
  'lib/a.ts': `export const a = ${value}\nexport const file = import.meta.filename`,
  'node_modules/b/package.json': '{ "name": "b", "main": "index.js" }',
  'node_modules/b/index.js': 'module.exports = __dirname',
})

test.serial('the hash is that of the script wherever it lies', async (t) => {
  const first = await plan(t, tree('1'))
  const second = await plan(t, tree('1'))
  t.regex(first.script.sha256, /^[0-9a-f]{64}$/)
  t.is(first.script.sha256, second.script.sha256)
  // Deeper below its package: what tells the two apart is only where they are.
  const { 'script.ts': script, 'lib/a.ts': a, ...packages } = tree('1')
  const folder = await project(t, { 'deep/er/script.ts': script, 'deep/er/lib/a.ts': a, ...packages })
  t.is((await planIn(join(folder, 'deep/er'))).script.sha256, first.script.sha256)
})

test.serial('the hash differs when a file that the script imports does', async (t) => {
  const base = (await plan(t, tree('1'))).script.sha256
  t.not((await plan(t, tree('2'))).script.sha256, base)
  t.not((await plan(t, { ...tree('1'), 'node_modules/b/index.js': 'module.exports = 1' })).script.sha256, base)
  t.is((await plan(t, { ...tree('1'), 'lib/unused.ts': 'export const c = 3' })).script.sha256, base)
})
