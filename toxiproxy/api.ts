import { createServer, type Server } from 'node:http'
import type { ProxyCollection } from './collection.ts'
import { answer, jsonReply, noContent, type Reply, type Route, toApiError } from './http.ts'
import type { TcpProxy } from './proxy.ts'
import { toxicJson } from './toxic.ts'
import { readNewProxy, readNewToxic, readProxies, readProxyChanges, readToxicChanges } from './validate.ts'
import { embeddedVersion } from './version.ts'

/** Toxiproxy's HTTP API over a collection of proxies. Not listening yet. */
export function apiServer(proxies: ProxyCollection): Server {
  const routes = apiRoutes(proxies)
  const server = createServer((request, response) => void answer(routes, request, response))
  // Toxiproxy's read and idle timeouts.
  server.requestTimeout = 15_000
  server.keepAliveTimeout = 60_000
  return server
}

function apiRoutes(proxies: ProxyCollection): Route[] {
  const updateProxy: Route['methods'][string] = async ({ params: [name = ''], json }) => {
    proxies.get(name)
    const changes = readProxyChanges(await json())
    return jsonReply(200, (await proxies.update(name, changes)).json())
  }

  const updateToxic: Route['methods'][string] = async ({ params: [name = '', toxicName = ''], json }) => {
    proxies.get(name).toxic(toxicName)
    const body = await json()
    // Looked up again: either may have gone while the body came in.
    const proxy = proxies.get(name)
    const toxic = proxy.toxic(toxicName)
    proxy.updateToxic(toxic, readToxicChanges(body, toxic))
    return jsonReply(200, toxicJson(toxic))
  }

  return [
    {
      path: '/proxies',
      methods: {
        GET: () => jsonReply(200, Object.fromEntries(proxies.all().map((proxy) => [proxy.name, proxy.json()]))),
        POST: async ({ json }) => jsonReply(201, (await proxies.create(readNewProxy(await json()))).json()),
      },
    },
    {
      path: '/proxies/:proxy',
      methods: {
        GET: ({ params: [name = ''] }) => jsonReply(200, proxies.get(name).json()),
        PATCH: updateProxy,
        POST: updateProxy,
        DELETE: async ({ params: [name = ''] }) => {
          await proxies.remove(name)
          return noContent
        },
      },
    },
    {
      path: '/proxies/:proxy/toxics',
      methods: {
        GET: ({ params: [name = ''] }) => jsonReply(200, proxies.get(name).toxics.map(toxicJson)),
        POST: async ({ params: [name = ''], json }) => {
          proxies.get(name)
          const toxic = readNewToxic(await json())
          return jsonReply(200, toxicJson(proxies.get(name).addToxic(toxic)))
        },
      },
    },
    {
      path: '/proxies/:proxy/toxics/:toxic',
      methods: {
        GET: ({ params: [name = '', toxic = ''] }) => jsonReply(200, toxicJson(proxies.get(name).toxic(toxic))),
        PATCH: updateToxic,
        POST: updateToxic,
        DELETE: ({ params: [name = '', toxic = ''] }) => {
          const proxy = proxies.get(name)
          proxy.removeToxic(proxy.toxic(toxic))
          return noContent
        },
      },
    },
    { path: '/populate', methods: { POST: async ({ json }) => populate(proxies, json) } },
    {
      path: '/reset',
      methods: {
        POST: async () => {
          await proxies.reset()
          return noContent
        },
      },
    },
    { path: '/version', methods: { GET: version } },
  ]
}

function version(): Reply {
  return { status: 200, type: 'application/json;charset=utf-8', body: `{"version": "${embeddedVersion}"}\n` }
}

/** Not atomic, as Toxiproxy's: on an error the answer carries what was made before it. */
async function populate(proxies: ProxyCollection, json: () => Promise<unknown>): Promise<Reply> {
  const made: TcpProxy[] = []
  const list = () => (made.length > 0 ? made.map((proxy) => proxy.json()) : null)
  try {
    for (const settings of readProxies(await json())) made.push(await proxies.createOrReplace(settings))
    return jsonReply(201, { proxies: list() })
  } catch (error) {
    const { message, status } = toApiError(error)
    return jsonReply(status, { error: message, status, proxies: list() })
  }
}
