import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { planIn, project, refusal, type Script, steady } from './project.ts'

/** Each script and all that a user reads of it. */
const refused: readonly [label: string, script: Script, text: string][] = [
  [
    'a syntax error, with the line and a mark below it',
    "const name = 'ééé'; const more = ;\n",
    `script.ts:1:34: Unexpected ";"
1 │ const name = 'ééé'; const more = ;
  │                                  ~`,
  ],
  [
    'a syntax error in an imported file',
    { 'script.ts': `import './lib/more.ts'${steady}`, 'lib/more.ts': 'export const a = 1\n\texport const = 2\n' },
    `lib/more.ts:2:15: Expected identifier but found "="
2 │ \texport const = 2
  │ \t             ~`,
  ],
  [
    'JSON that is none',
    { 'script.ts': `import a from './a.json'\nconsole.log(a)${steady}`, 'a.json': '{\n  "a": \n}' },
    `a.json:3:1: Unexpected "}" in JSON
3 │ }
  │ ~`,
  ],
  [
    'every import of what is not there',
    `import a from './a.ts'\nimport b from 'b/c'\nimport d from '@d/e/f'\nimport g from 'squall/lib'\nconsole.log(a, b, d, g)${steady}`,
    `script.ts:1:15: there is no file ./a.ts
1 │ import a from './a.ts'
  │               ~~~~~~~~
script.ts:2:15: there is no package b/c: install it in the project of the script, as with npm install b
2 │ import b from 'b/c'
  │               ~~~~~
script.ts:3:15: there is no package @d/e/f: install it in the project of the script, as with npm install @d/e
3 │ import d from '@d/e/f'
  │               ~~~~~~~~
script.ts:4:15: squall has no squall/lib: scripts import from 'squall'
4 │ import g from 'squall/lib'
  │               ~~~~~~~~~~~~`,
  ],
  [
    'a name that squall does not export',
    `import { at, latencyy } from 'squall'\nconsole.log(at, latencyy)${steady}`,
    `script.ts:1:14: squall exports no latencyy; did you mean latency?
1 │ import { at, latencyy } from 'squall'
  │              ~~~~~~~~`,
  ],
  [
    'a name that nats does not export',
    `import { conect } from 'nats'\nconsole.log(conect)${steady}`,
    `script.ts:1:10: nats exports no conect; did you mean connect?
1 │ import { conect } from 'nats'
  │          ~~~~~~`,
  ],
  [
    'a script that throws, at the line of its TypeScript',
    `interface Wide {\n  a: 1\n}\nfunction fail(wide: Wide): never {\n  throw new TypeError('not today')\n}\nfail({ a: 1 })${steady}`,
    `script.ts:5:9: importing the script threw TypeError: not today
5 │   throw new TypeError('not today')
  │         ~`,
  ],
  [
    'a script that throws in a file that it imports, at that file',
    {
      'script.ts': `import { host } from './lib/config.ts'\nconsole.log(host)${steady}`,
      'lib/config.ts': 'type Host = string\n\nexport const host: Host = new URL("")\n',
    },
    `lib/config.ts:3:27: importing the script threw TypeError: Invalid URL
3 │ export const host: Host = new URL("")
  │                           ~`,
  ],
  [
    'a script that throws in a package, at the line that called it',
    {
      'script.ts': `import fail from 'fail'\nfail()${steady}`,
      'node_modules/fail/package.json': '{ "name": "fail", "type": "module", "exports": "./index.js" }',
      'node_modules/fail/index.js': "\nexport default () => { throw new Error('from within') }",
    },
    `script.ts:2:1: importing the script threw Error: from within
2 │ fail()
  │ ~`,
  ],
  [
    'a script that throws what is no error',
    `throw { code: 5 }${steady}`,
    'script.ts: importing the script threw { code: 5 }',
  ],
  [
    'options that are none, at the builder that got them',
    `import { at, blackhole } from 'squall'\nexport const faults = [\n  at('1s', blackhole('stall' as any)),\n]${steady}`,
    `script.ts:3:12: blackhole() takes its options as an object, and got "stall"
3 │   at('1s', blackhole('stall' as any)),
  │            ~`,
  ],
  [
    'a metric of the script that Squall has',
    `import { counter } from 'squall'\nexport const mine = counter('lost')${steady}`,
    `script.ts:2:21: metric lost is one of Squall's own; choose another name
2 │ export const mine = counter('lost')
  │                     ~`,
  ],
  [
    'parts in module.exports',
    "module.exports = { phases: [{ name: 'steady', duration: '5s', rate: 100 }], load() {} }",
    'script.ts: phases and load are in module.exports, or in the default export; each must be an export of its own: export const phases = …',
  ],
  ['an empty file', ' \n', 'script.ts is empty; a script exports phases and load\nsqually'],
]

for (const [label, script, text] of refused) {
  test.serial(`refused: ${label}`, async (t) => {
    t.is(await refusal(t, script), text.replace('squally', 'squall new NAME makes one that runs'))
  })
}

test.serial('a top-level await that never ends is given up', async (t) => {
  t.is(
    await refusal(t, `await new Promise(() => {})${steady}`, { importDeadlineMs: 100 }),
    `script.ts: the script is not ready after 100ms: an await at its top level takes longer than that, or for ever
work that takes time goes into setup(), which is awaited`,
  )
})

test.serial('a script that is not there, and one that is a folder', async (t) => {
  const folder = await project(t, {})
  await t.throwsAsync(planIn(folder), { message: /^there is no script .*script\.ts$/ })
  await mkdir(join(folder, 'script.ts'))
  await t.throwsAsync(planIn(folder), { message: /script\.ts is not a file; it must be a script/ })
})

test.serial('places are right in a folder whose name has spaces, brackets and colons', async (t) => {
  const folder = await project(t, { 'a (1): b/script.ts': `\nthrow new Error('here')${steady}` })
  const error = await t.throwsAsync(planIn(join(folder, 'a (1): b')))
  t.like(error, { location: { line: 2, column: 7 } })
})
