/** A sample of an exposition: its family's type, and its value by name and labels as written. */
export interface Exposed {
  readonly type: string
  readonly value: number
}

const suffixes: Readonly<Record<string, readonly string[]>> = {
  counter: ['_total'],
  gauge: [''],
  summary: ['', '_count', '_sum'],
  info: ['_info'],
}

/**
 * Reads OpenMetrics text by the rules of https://prometheus.io/docs/specs/om/open_metrics_spec/ and throws at the first line
 * that breaks one: order, names, units, suffixes, what each type may be, duplicates, the end.
 */
export function readOpenMetrics(text: string): Map<string, Exposed> {
  if (!text.endsWith('\n# EOF\n') && text !== '# EOF\n') throw new Error('it must end with # EOF and nothing after it')
  const samples = new Map<string, Exposed>()
  const families = new Set<string>()
  const owners = new Map<string, string>()
  let family = ''
  let type = ''
  let said = new Set<string>()
  const insist = (holds: boolean, rule: string, line: string) => {
    if (!holds) throw new Error(`${rule}: ${line}`)
  }
  for (const line of text.slice(0, -'# EOF\n'.length).split('\n').slice(0, -1)) {
    const meta = /^# (TYPE|UNIT|HELP) ([a-zA-Z_:][\w:]*) (.+)$/.exec(line)
    if (meta) {
      const [, kind, name, value] = meta
      if (name !== family) {
        insist(kind === 'TYPE', 'TYPE comes first', line)
        insist(!families.has(name!), 'lines of a family stand together', line)
        families.add(name!)
        family = name!
        type = value!
        said = new Set()
        insist(type in suffixes, 'a known type', line)
      }
      insist(!said.has(kind!), 'said once', line)
      said.add(kind!)
      insist(!said.has('sample'), 'what is said of a family stands before its samples', line)
      if (kind === 'UNIT') insist(name!.endsWith(`_${value}`), 'a name ends with its unit', line)
      if (kind === 'HELP') insist(/^([^\\]|\\[\\n"])*$/.test(value!), 'escapes', line)
      continue
    }
    const sample = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line)
    insist(sample !== null, 'a line is a comment or a sample', line)
    const [, name, labels = '', written] = sample!
    said.add('sample')
    const suffix = name!.slice(family.length)
    insist(
      name!.startsWith(family) && suffixes[type]?.includes(suffix) === true,
      `a sample of ${family}, a ${type}`,
      line,
    )
    insist((owners.get(name!) ?? family) === family, 'a name belongs to one family', line)
    owners.set(name!, family)
    const pairs = readLabels(labels, line)
    const quantile = pairs.get('quantile')
    insist((quantile !== undefined) === (type === 'summary' && suffix === ''), 'quantiles are of summaries', line)
    if (quantile !== undefined) insist(Number(quantile) >= 0 && Number(quantile) <= 1, 'a quantile is a share', line)
    insist(/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(written!), 'a number', line)
    const value = Number(written)
    if (type === 'counter' || suffix === '_count') insist(value >= 0, 'counts are not negative', line)
    if (suffix === '_count') insist(Number.isInteger(value), 'counts are whole', line)
    if (type === 'info') insist(value === 1, 'an info is 1', line)
    const key = `${name}{${[...pairs].map(([label, value]) => `${label}=${JSON.stringify(value)}`).sort()}}`
    insist(!samples.has(key), 'a sample stands once', line)
    samples.set(key, { type: suffix === '_count' || suffix === '_sum' ? 'counter' : type, value })
  }
  return samples
}

function readLabels(text: string, line: string): Map<string, string> {
  const pairs = new Map<string, string>()
  let rest = text
  while (rest !== '') {
    const pair = /^([a-zA-Z_]\w*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/.exec(rest)
    if (!pair || pairs.has(pair[1]!) || pair[1]!.startsWith('__')) throw new Error(`labels: ${line}`)
    pairs.set(pair[1]!, pair[2]!)
    rest = rest.slice(pair[0].length)
  }
  return pairs
}
