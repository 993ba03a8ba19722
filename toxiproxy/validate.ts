import type { NamedProxySettings } from './collection.ts'
import { badBody, invalidStream, invalidToxicType, missingField } from './errors.ts'
import type { ProxySettings } from './proxy.ts'
import type { Direction, Toxic } from './toxic.ts'
import { type Attributes, type Kind, kinds } from './toxics/index.ts'

/** The body's JSON value; throws with Go's words where Go's decoder has the same complaint. */
export function parseBody(text: string): unknown {
  if (text.trim() === '') throw badBody('EOF')
  try {
    return JSON.parse(text)
  } catch (error) {
    const { message } = error as Error
    const position = /at position (\d+)/.exec(message)?.[1]
    const cut = message.includes('end of JSON input') || Number(position) >= text.trimEnd().length
    throw badBody(cut ? 'unexpected EOF' : message)
  }
}

export function readNewProxy(body: unknown): NamedProxySettings {
  const settings = namedSettings(asObject(body, 'toxiproxy.Proxy'))
  if (settings.name === '') throw missingField('name')
  if (settings.upstream === '') throw missingField('upstream')
  return settings
}

/** All of them are checked before any is made. */
export function readProxies(body: unknown): NamedProxySettings[] {
  if (body === null) return []
  if (!Array.isArray(body)) {
    throw badBody(`json: cannot unmarshal ${goType(body)} into Go value of type []toxiproxy.Proxy`)
  }
  return body.map((item, index) => {
    const settings = namedSettings(asObject(item, 'toxiproxy.Proxy'))
    if (settings.name === '') throw missingField(`name at proxy ${index + 1}`)
    if (settings.upstream === '') throw missingField(`upstream at proxy ${index + 1}`)
    return settings
  })
}

export function readProxyChanges(body: unknown): Partial<ProxySettings> {
  const fields = asObject(body, 'toxiproxy.Proxy')
  const listen = field(fields, 'listen', 'string', 'Proxy')
  const upstream = field(fields, 'upstream', 'string', 'Proxy')
  const enabled = field(fields, 'enabled', 'bool', 'Proxy')
  return {
    ...(listen === undefined ? {} : { listen }),
    ...(upstream === undefined ? {} : { upstream }),
    ...(enabled === undefined ? {} : { enabled }),
  }
}

export function readNewToxic(body: unknown): Omit<Toxic, 'order'> {
  const fields = asObject(body, 'toxics.ToxicWrapper')
  const type = field(fields, 'type', 'string', 'ToxicWrapper') ?? ''
  const stream = field(fields, 'stream', 'string', 'ToxicWrapper') ?? 'downstream'
  const given = field(fields, 'name', 'string', 'ToxicWrapper') ?? ''
  const toxicity = readToxicity(fields) ?? 1
  const direction = readDirection(stream)
  const kind = kinds.get(type)
  if (!kind) throw invalidToxicType()
  const attributes = readAttributes(fields, kind, {})
  return { name: given || `${type}_${stream}`, type, kind, stream, direction, toxicity, attributes }
}

/** `name`, `type` and `stream` can't be changed and are ignored. */
export function readToxicChanges(body: unknown, toxic: Toxic): Pick<Toxic, 'attributes' | 'toxicity'> {
  const fields = asObject(body, 'toxics.ToxicWrapper')
  return {
    attributes: readAttributes(fields, toxic.kind, toxic.attributes),
    toxicity: readToxicity(fields) ?? toxic.toxicity,
  }
}

function namedSettings(fields: object): NamedProxySettings {
  return {
    name: field(fields, 'name', 'string', 'Proxy') ?? '',
    listen: field(fields, 'listen', 'string', 'Proxy') ?? '',
    upstream: field(fields, 'upstream', 'string', 'Proxy') ?? '',
    enabled: field(fields, 'enabled', 'bool', 'Proxy') ?? true,
  }
}

function readDirection(stream: string): Direction {
  const direction = stream.toLowerCase()
  if (direction !== 'upstream' && direction !== 'downstream') throw invalidStream()
  return direction
}

function readToxicity(fields: object): number | undefined {
  const toxicity = field(fields, 'toxicity', 'float32', 'ToxicWrapper')
  if (toxicity === undefined || (toxicity >= 0 && toxicity <= 1)) return toxicity
  throw badBody(`toxicity must be a number from 0 to 1, got ${toxicity}`)
}

/** Unknown attributes are ignored, as by Toxiproxy; known ones must be in range. */
function readAttributes(fields: object, kind: Kind, current: Attributes): Attributes {
  const given = value(fields, 'attributes') ?? {}
  if (typeof given !== 'object' || Array.isArray(given)) {
    throw badBody(
      `json: cannot unmarshal ${goType(given)} into Go struct field .attributes of type toxics.${kind.goName}`,
    )
  }
  const attributes: Record<string, number> = {}
  for (const [name, { min, max }] of Object.entries(kind.ranges)) {
    const number = field(given, name, 'int64', `${kind.goName}.attributes`) ?? current[name] ?? 0
    if (number < min || number > max) throw badBody(`${name} must be an integer from ${min} to ${max}, got ${number}`)
    attributes[name] = number
  }
  const conflict = kind.conflict?.(attributes)
  if (conflict) throw badBody(conflict)
  return attributes
}

interface GoTypes {
  string: string
  bool: boolean
  int64: number
  float32: number
}

const accepts: { readonly [T in keyof GoTypes]: (value: unknown) => boolean } = {
  string: (value) => typeof value === 'string',
  bool: (value) => typeof value === 'boolean',
  int64: (value) => Number.isInteger(value),
  float32: (value) => typeof value === 'number',
}

/** A field of a Go struct. Absent or null: undefined. */
function field<T extends keyof GoTypes>(fields: object, name: string, type: T, owner: string): GoTypes[T] | undefined {
  const found = value(fields, name)
  if (found === undefined || found === null) return undefined
  if (accepts[type](found)) return found as GoTypes[T]
  const shown = type === 'int64' && typeof found === 'number' ? `number ${found}` : goType(found)
  throw badBody(`json: cannot unmarshal ${shown} into Go struct field ${owner}.${name} of type ${type}`)
}

/** Go matches keys without regard to case, the last one wins. */
function value(fields: object, name: string): unknown {
  return Object.entries(fields).findLast(([key]) => key.toLowerCase() === name)?.[1]
}

function asObject(body: unknown, goName: string): object {
  if (body === null) return {}
  if (typeof body === 'object' && !Array.isArray(body)) return body
  throw badBody(`json: cannot unmarshal ${goType(body)} into Go value of type ${goName}`)
}

function goType(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  return typeof value === 'boolean' ? 'bool' : typeof value
}
