import test from 'ava'
import { Literal } from '../../lib/script/literal.ts'
import { structure } from '../../lib/script/structure.ts'

test('structure leaves brackets, commas and names, at the same offsets', (t) => {
  for (const [source, code] of [
    [`a = 'it\\'s [' + "]"`, 'a = _________ + ___'],
    ['// [ {\n[1]', '      \n[1]'],
    ['[/* ] */ 1]', '[        1]'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source text
    ['`${a ? `}` : {b: "}"}} ]`, c', '_________________________, c'],
    ['[/[\\]/"]+/g, 2]', '[__________, 2]'],
    ['a / b / [c]', 'a / b / [c]'],
    ['x = (1 + 2) / 3 // [', 'x = (1 + 2) / 3     '],
    ["'never closed\n[", '_____________\n['],
    ['return /]/.test(a)', 'return ___.test(a)'],
  ] as const) {
    t.is(structure(source), code)
    t.is(structure(source).length, source.length)
  }
})

/** What stands at the end of a path into an export: the rest of its line; undefined where the walk ended before. */
function at(source: string, name: string, ...path: (string | number)[]): string | undefined {
  const literal = new Literal(source)
  const declaration = literal.declaration(name)
  if (declaration?.value === undefined) return undefined
  const { offset, taken } = literal.follow(declaration.value, path)
  if (taken < path.length) return undefined
  const { line, column } = literal.position(offset)
  if (literal.offsetOf(line, column) !== offset) throw new Error(`line and column do not lead back to ${offset}`)
  return source.split('\n')[line - 1]!.slice(column - 1)
}

const phases = `import { down } from 'squall'
// export const phases = [{ name: 'old' }]
export const phases: readonly { name: string; load?: () => void }[] = [
  { name: 'first', 'rate': 1, faults: [] },
  {
    name: 'second, [third]', // }]
    get duration() { return '5s' },
    stages: [{ target: 5 }, { target: 6, }],
    faults: [
      down({ link: 'a' }),
    ],
  },
] as const
`

test('a path leads to the key or entry', (t) => {
  t.is(at(phases, 'phases', 0), "{ name: 'first', 'rate': 1, faults: [] },")
  t.is(at(phases, 'phases', 0, 'rate'), "'rate': 1, faults: [] },")
  t.is(at(phases, 'phases', 1, 'name'), "name: 'second, [third]', // }]")
  t.is(at(phases, 'phases', 1, 'duration'), "get duration() { return '5s' },")
  t.is(at(phases, 'phases', 1, 'stages', 1, 'target'), 'target: 6, }],')
  t.is(at(phases, 'phases', 1, 'faults', 0), "down({ link: 'a' }),")
})

test('a walk ends at what is not there, and at what is no literal', (t) => {
  t.is(at(phases, 'phases', 2), undefined)
  t.is(at(phases, 'phases', 0, 'stages'), undefined)
  t.is(at(phases, 'phases', 1, 'faults', 0, 'link'), undefined)
  t.is(at(phases, 'phases', 'first'), undefined)
  t.is(at(phases, 'thresholds'), undefined)
})

for (const [label, source] of [
  ['entries after a spread', 'export const a = [...b, { c: 1 }]'],
  ['entries after a hole', 'export const a = [, { c: 1 }]'],
  ['a list that is worked on', 'export const a = [1, { c: 1 }].map((x) => x)'],
  ['a list that is chosen', 'export const a = [1, { c: 1 }] && b'],
  ['an object that is overwritten', 'export const a = [1, { c: 1, ...b }]'],
  ['a computed key', 'export const a = [1, { c: 1, [b]: 2 }]'],
  ['what may be assigned again', 'export let a = [1, { c: 1 }]'],
  ['two exports', 'export const a = [1, { c: 1 }]\nexport const a = 1'],
  ['a bracket that never closes', 'export const a = [1, { c: 1 }'],
] as const) {
  test(`no certain place: ${label}`, (t) => {
    t.is(at(source, 'a', 1, 'c'), undefined)
  })
}

test('of a key given twice the last one counts, also after a spread', (t) => {
  t.is(at('export const a = { ...b, c: 1, c: 2 }', 'a', 'c'), 'c: 2 }')
})

test('functions, defaults and names with a dollar are exports too', (t) => {
  const source = 'export async function load() {}\nexport default () => {}\nexport const $a = []\nexport const $ab = []'
  const lines = ['load', 'default', '$a', 'loa', 'a'].map((name) => {
    const declaration = new Literal(source).declaration(name)
    return declaration && new Literal(source).position(declaration.offset).line
  })
  t.deepEqual(lines, [1, 2, 3, undefined, undefined])
})

test('in a call, the object among its arguments is looked into', (t) => {
  const source = "at('1s', latency({\n  delay: 5, nested: { deep: 1 } }), { for: '1s' })"
  const literal = new Literal(source)
  const lineOf = (offset: number, ...path: string[]) => {
    const reached = literal.followCall(offset, path)
    return [literal.position(reached.offset).line, reached.taken]
  }
  t.deepEqual(lineOf(0, 'for'), [2, 1])
  t.deepEqual(lineOf(0, 'delay'), [1, 0])
  t.deepEqual(lineOf(source.indexOf('latency'), 'delay'), [2, 1])
  t.deepEqual(lineOf(source.indexOf('latency'), 'nested', 'deep'), [2, 2])
  t.deepEqual(lineOf(source.indexOf('latency'), 'jitter'), [1, 0])
})
