/** Names that the entries of a script's list have, whatever else is wrong with them: what others may refer to. */
export function namesIn(list: unknown): string[] {
  if (!Array.isArray(list)) return []
  return list.flatMap((entry: unknown) => {
    const name = typeof entry === 'object' && entry !== null && Object.getOwnPropertyDescriptor(entry, 'name')?.value
    return typeof name === 'string' ? [name] : []
  })
}

/** Entries that say again what an earlier one said: [its index, that of the first]. */
export function repeated(values: readonly (string | undefined)[]): [number, number][] {
  return values.flatMap((value, index) => {
    const first = value === undefined ? index : values.indexOf(value)
    return first < index ? [[index, first]] : []
  })
}
