import { messageOf, UserError } from '../errors.ts'
import type { Report } from '../report/index.ts'
import { resourceMetrics } from './metrics.ts'
import { openTelemetry, type Sdk } from './sdk.ts'

const path = '/v1/metrics'
const defaultUrl = 'http://localhost:4318'
/** Retries included. */
const timeoutMs = 5_000

/** Sends a run's metrics to an OpenTelemetry collector, or whatever else takes OTLP over HTTP (JSON). */
export class OtlpSender {
  /** With the path that metrics are sent to. */
  readonly url: string
  readonly #sdk: Sdk
  readonly #exporter: InstanceType<Sdk['OTLPMetricExporter']>

  private constructor(url: string, sdk: Sdk) {
    this.url = url
    this.#sdk = sdk
    this.#exporter = new sdk.OTLPMetricExporter({ url, timeoutMillis: timeoutMs })
  }

  /**
   * @param base The collector's URL; `true` for the one that OpenTelemetry's own environment variables name.
   * @throws UserError when it is no URL, or the SDK is not installed.
   */
  static async open(base: string | true): Promise<OtlpSender> {
    return new OtlpSender(metricsUrl(base), await openTelemetry())
  }

  /** @param at Wall time of what the report says, milliseconds. Rejects with a sentence when it was not taken. */
  async send(report: Report, at: number): Promise<void> {
    const { code, error } = await new Promise<{ code: number; error?: Error }>((resolve) =>
      this.#exporter.export(resourceMetrics(report, at, this.#sdk), resolve),
    )
    if (code !== 0) throw new UserError(`--otlp: ${this.url} did not take the metrics: ${reasonOf(error)}`)
  }

  async close(): Promise<void> {
    await this.#exporter.shutdown().catch(() => {})
  }
}

function metricsUrl(base: string | true): string {
  const { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: whole, OTEL_EXPORTER_OTLP_ENDPOINT: part } = process.env
  if (base === true && whole) return whole
  const url = base === true ? part || defaultUrl : base
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
    throw new UserError(`--otlp is "${url}"; it must be a URL such as ${defaultUrl}`)
  }
  const bare = url.replace(/\/+$/, '')
  return bare.endsWith(path) ? bare : bare + path
}

/** An HTTP status, or why nobody answered. */
function reasonOf(error: (Error & { code?: number | string }) | undefined): string {
  if (!error) return 'no reason given'
  if (typeof error.code === 'number') return `it answered ${error.code} ${error.message}`.trim()
  const cause = error instanceof AggregateError ? error.errors[0] : (error.cause ?? error)
  return messageOf(cause) || messageOf(error) || String(error.code)
}
