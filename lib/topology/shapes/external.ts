import * as v from 'valibot'
import { build } from '../../call-site.ts'
import * as s from '../../schema.ts'
import { meshShape, type TopologyShape } from './shape.ts'

export interface ExternalOptions {
  /**
   * NATS URL of each server, by its `server_name`: `{ n1: 'nats://127.0.0.1:4222' }`. User and password may be in the
   * URLs; they must be the same in all.
   */
  readonly servers: Readonly<Record<string, string>>
  /** Base URL of each server's monitoring endpoints, by the same names, past all proxies. */
  readonly monitoring: Readonly<Record<string, string>>
  /** URL of a Toxiproxy API whose proxies are the links. Without it no link can be made worse. */
  readonly toxiproxy?: string
  /**
   * Proxy of each link: `{ 'publishers-n1': 'my-proxy' }`. Links are named as `cluster()` names its own; one that is not
   * here has no proxy. Without `links` every link of `cluster()` must have a proxy of its own name.
   */
  readonly links?: Readonly<Record<string, string>>
  readonly token?: string
  /** Path of a credentials file, from where `squall` is called. */
  readonly credentials?: string
  /** What to do with a declared stream or consumer that is there already and has the same configuration; default `'refuse'`. */
  readonly existing?: 'refuse' | 'reuse'
  /** Leaves the streams and consumers that the run created; default `false`. */
  readonly keep?: boolean
}

/** A cluster that is there already: nothing of it is started or stopped, and what cannot be injected there is refused. */
export function external(options: ExternalOptions): ExternalOptions & { readonly kind: 'external' } {
  return build('external', { kind: 'external' }, options)
}

/** How clients authenticate. Secret: no report has it. */
export interface ExternalAuth {
  readonly user?: string
  readonly pass?: string
  readonly token?: string
  readonly credentials?: string
}

/** `external()` as plain data; URLs are without user and password. */
export interface ExternalPlan {
  readonly kind: 'external'
  readonly servers: Readonly<Record<string, string>>
  readonly monitoring: Readonly<Record<string, string>>
  readonly toxiproxy?: string
  /** Proxy by link. */
  readonly links: Readonly<Record<string, string>>
  readonly auth?: ExternalAuth
  readonly existing: 'refuse' | 'reuse'
  readonly keep: boolean
}

function urls(protocols: readonly string[], example: string) {
  const isUrl = (value: unknown) => isUrlOf(value, protocols)
  return v.custom<Record<string, string>>(
    (value) =>
      s.isMap(value) &&
      Object.keys(value).length > 0 &&
      Object.keys(value).length <= 9 &&
      Object.entries(value).every(([name, url]) => /^[\w-]{1,64}$/.test(name) && isUrl(url)),
    `must name the URLs of 1 to 9 servers by server_name, such as { n1: "${example}" }`,
  )
}

function isUrlOf(value: unknown, protocols: readonly string[]): boolean {
  return typeof value === 'string' && URL.canParse(value) && protocols.includes(new URL(value).protocol)
}

const text = v.custom<string>((value) => typeof value === 'string' && value !== '', 'must be a text')
const webUrl = v.custom<string>(
  (value) => isUrlOf(value, ['http:', 'https:']),
  'must be a URL such as "http://127.0.0.1:8474"',
)

export const externalSchema = v.pipe(
  s.object({
    kind: v.literal('external'),
    servers: urls(['nats:', 'tls:'], 'nats://127.0.0.1:4222'),
    monitoring: urls(['http:', 'https:'], 'http://127.0.0.1:8222'),
    toxiproxy: v.optional(webUrl),
    links: v.optional(
      v.custom<Record<string, string>>(
        (value) =>
          typeof value === 'object' &&
          value !== null &&
          Object.values(value).every((proxy) => typeof proxy === 'string'),
        'must name the proxy of each link, such as { "publishers-n1": "my-proxy" }',
      ),
    ),
    token: v.optional(text),
    credentials: v.optional(text),
    existing: v.optional(s.oneOf(['refuse', 'reuse']), 'refuse'),
    keep: v.optional(v.boolean('must be true or false'), false),
  }),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return
    const { servers, monitoring, links, toxiproxy, token, credentials } = dataset.value
    const nodes = Object.keys(servers)
    const unlike = [...nodes, ...Object.keys(monitoring)].filter((name) => !(name in servers && name in monitoring))
    if (unlike.length > 0) addIssue({ message: `has ${unlike.join(', ')} in servers or monitoring, and not in both` })
    if (links && toxiproxy === undefined) addIssue({ message: 'has links and no toxiproxy; say the URL of its API' })
    const names = meshShape(nodes).links.map(({ name }) => name)
    const unknown = Object.keys(links ?? {}).filter((name) => !names.includes(name))
    if (unknown.length > 0) addIssue({ message: `has no link ${unknown.join(', ')}; links are ${names.join(', ')}` })
    const proxies = Object.values(links ?? {})
    if (new Set(proxies).size < proxies.length)
      addIssue({ message: 'has one proxy for several links; each needs its own' })
    const plain = [...Object.values(monitoring), ...(toxiproxy === undefined ? [] : [toxiproxy])]
    if (plain.some((url) => userOf(url).user !== undefined))
      addIssue({
        message: 'has a user in a URL of monitoring or toxiproxy; Squall can ask only those that let everybody in',
      })
    const users = new Set(Object.values(servers).map((url) => JSON.stringify(userOf(url))))
    if (users.size > 1)
      addIssue({ message: 'has different users in the URLs of servers; they must be the same in all' })
    const ways = [users.has('{}') ? undefined : 'user', token, credentials].filter((way) => way !== undefined)
    if (ways.length > 1) addIssue({ message: 'has several of a user in the URLs, token and credentials; say one' })
  }),
  v.transform((input): ExternalPlan => {
    const { servers, monitoring, toxiproxy, links, token, credentials, existing, keep } = input
    const names = toxiproxy === undefined ? [] : meshShape(Object.keys(servers)).links.map(({ name }) => name)
    const auth = {
      ...userOf(Object.values(servers)[0]!),
      ...(token !== undefined && { token }),
      ...(credentials !== undefined && { credentials }),
    }
    return {
      kind: 'external',
      servers: mapValues(servers, withoutUser),
      monitoring: mapValues(monitoring, (url) => url.replace(/\/+$/, '')),
      ...(toxiproxy !== undefined && { toxiproxy: toxiproxy.replace(/\/+$/, '') }),
      links: links ?? Object.fromEntries(names.map((name) => [name, name])),
      ...(Object.keys(auth).length > 0 && { auth }),
      existing,
      keep,
    }
  }),
)

/** Its nodes, and those links that have a proxy. */
export function externalShape({ servers, links }: Pick<ExternalPlan, 'servers' | 'links'>): TopologyShape {
  const mesh = meshShape(Object.keys(servers))
  return { nodes: mesh.nodes, links: mesh.links.filter(({ name }) => Object.hasOwn(links, name)), regions: [] }
}

/** What may be shown and kept of a topology. */
export function withoutSecrets<P extends { readonly kind: string }>(plan: P): P {
  if (!('auth' in plan)) return plan
  const { auth: _, ...shown } = plan
  return shown as unknown as P
}

function userOf(url: string): ExternalAuth {
  const { username, password } = new URL(url)
  if (username === '') return {}
  return { user: decodeURIComponent(username), pass: decodeURIComponent(password) }
}

function withoutUser(url: string): string {
  const { protocol, host } = new URL(url)
  return `${protocol}//${host}`
}

function mapValues(record: Readonly<Record<string, string>>, change: (value: string) => string) {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]))
}
