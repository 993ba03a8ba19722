import { inspect } from 'node:util'

/**
 * A value as its reader wrote it or would recognise it, cut short; without the users and passwords of URLs. Never throws, and
 * calls nothing of the value's.
 */
export function show(value: unknown): string {
  const whole =
    typeof value === 'function' ? 'a function' : typeof value === 'string' ? JSON.stringify(value) : seen(value)
  const text = whole.replaceAll(/:\/\/[^\s/'"@]+@/g, '://…@')
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}

function seen(value: unknown): string {
  return inspect(value, { depth: 1, breakLength: Number.POSITIVE_INFINITY, maxArrayLength: 10, customInspect: false })
}
