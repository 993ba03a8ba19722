import { UserError } from '../errors.ts'

const packages = [
  '@opentelemetry/api',
  '@opentelemetry/resources',
  '@opentelemetry/sdk-metrics',
  '@opentelemetry/exporter-metrics-otlp-http',
] as const

export type Sdk = Awaited<ReturnType<typeof load>>

/**
 * OpenTelemetry's own SDK, an optional dependency that is loaded when somebody asks for it.
 *
 * @throws UserError that says what to install when it is not there.
 */
export async function openTelemetry(): Promise<Sdk> {
  try {
    return await load()
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause
    throw new UserError('--otlp needs the OpenTelemetry SDK, an optional dependency that is not installed.', {
      hint: `npm install ${packages.join(' ')}`,
      cause,
    })
  }
}

async function load() {
  const [{ ValueType }, { resourceFromAttributes }, { AggregationTemporality, DataPointType }, { OTLPMetricExporter }] =
    await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/resources'),
      import('@opentelemetry/sdk-metrics'),
      import('@opentelemetry/exporter-metrics-otlp-http'),
    ])
  return { ValueType, resourceFromAttributes, AggregationTemporality, DataPointType, OTLPMetricExporter }
}
