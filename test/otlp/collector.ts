import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ExecutionContext } from 'ava'

/** As the protocol's JSON has them; 64-bit numbers may be strings. */
export interface Point {
  readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue: string } }[]
  readonly startTimeUnixNano: string
  readonly timeUnixNano: string
  readonly asInt?: string | number
  readonly asDouble?: number
  readonly count?: string | number
  readonly sum?: number
  readonly min?: number
  readonly max?: number
  readonly scale?: number
  readonly zeroCount?: string | number
  readonly positive?: { readonly offset: number; readonly bucketCounts: readonly (string | number)[] }
}

export interface Metric {
  readonly name: string
  readonly description: string
  readonly unit: string
  readonly sum?: {
    readonly isMonotonic: boolean
    readonly aggregationTemporality: number
    readonly dataPoints: Point[]
  }
  readonly gauge?: { readonly dataPoints: Point[] }
  readonly exponentialHistogram?: { readonly aggregationTemporality: number; readonly dataPoints: Point[] }
}

export interface Request {
  readonly path: string
  readonly type: string
  readonly resource: Readonly<Record<string, string>>
  readonly metrics: readonly Metric[]
}

/** Takes OTLP over HTTP as a collector does, and keeps what it was sent. Answers with `status`. */
export async function startCollector(t: ExecutionContext, status = 200): Promise<{ url: string; requests: Request[] }> {
  const requests: Request[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const { resourceMetrics } = JSON.parse(Buffer.concat(chunks).toString())
    const [{ resource, scopeMetrics }] = resourceMetrics
    requests.push({
      path: request.url!,
      type: request.headers['content-type']!,
      resource: Object.fromEntries(
        resource.attributes.map(({ key, value }: Point['attributes'][number]) => [key, value.stringValue]),
      ),
      metrics: scopeMetrics[0].metrics,
    })
    response.writeHead(status, { 'content-type': 'application/json' }).end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests }
}

export function tagsOf({ attributes }: Point): Record<string, string> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue]))
}
