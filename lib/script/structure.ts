/**
 * A source with comments as spaces, and strings, templates and regular expressions as `_`: what is left is structure, at
 * the same offsets.
 */
export function structure(source: string): string {
  let code = ''
  let index = 0
  while (index < source.length) {
    const end = opaqueEnd(source, index, code)
    if (end === index) {
      code += source[index]
      index += 1
      continue
    }
    const isComment = source[index] === '/' && '/*'.includes(source[index + 1]!)
    code += isComment ? ' '.repeat(end - index) : '_'.repeat(end - index)
    index = end
  }
  return code
}

/** Where the string, template, comment or regular expression that begins at `start` ends; `start` when none does. */
function opaqueEnd(source: string, start: number, before: string): number {
  const character = source[start]!
  if (character === '"' || character === "'") return stringEnd(source, start)
  if (character === '`') return templateEnd(source, start)
  if (character !== '/') return start
  const pattern =
    source[start + 1] === '/' ? /.*/y : source[start + 1] === '*' ? /\/\*[\s\S]*?\*\//y : regexAfter(before)
  if (!pattern) return start
  pattern.lastIndex = start
  return pattern.test(source) ? pattern.lastIndex : start
}

/** A slash begins a regular expression where a value may begin, and divides elsewhere. */
function regexAfter(before: string): RegExp | undefined {
  return /(?:^|[(,=:[!&|?{};+\-*%<>~^]|\b(?:return|typeof|case|in|of))\s*$/.test(before.slice(-100))
    ? /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/[\\\n])+\/[a-z]*/y
    : undefined
}

function stringEnd(source: string, start: number): number {
  const pattern = source[start] === '"' ? /"(?:\\[\s\S]|[^"\\\n])*"?/y : /'(?:\\[\s\S]|[^'\\\n])*'?/y
  pattern.lastIndex = start
  pattern.test(source)
  return pattern.lastIndex
}

function templateEnd(source: string, start: number): number {
  let index = start + 1
  while (index < source.length && source[index] !== '`') {
    if (source.startsWith('${', index)) index = substitutionEnd(source, index + 2)
    else index += source[index] === '\\' ? 2 : 1
  }
  return index + 1
}

function substitutionEnd(source: string, start: number): number {
  let depth = 1
  let index = start
  while (index < source.length && depth > 0) {
    const end = opaqueEnd(source, index, source.slice(start, index))
    if (end > index) index = end
    else {
      if (source[index] === '{') depth += 1
      else if (source[index] === '}') depth -= 1
      index += 1
    }
  }
  return index
}
