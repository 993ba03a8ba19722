import type { CheckPlan } from './plan.ts'

export interface HaproxyConfig {
  readonly service: string
  readonly port: number
  /** Path of the socket for its runtime API. */
  readonly socket: string
  /** What it asks each instance. */
  readonly check: CheckPlan
  readonly servers: readonly { readonly name: string; readonly port: number }[]
}

/** The response header that says which instance answered. */
export const instanceHeader = 'x-squall-instance'

/** HAProxy's configuration file: HTTP on loopback, health checks as the service has them, its runtime API on a socket. */
export function haproxyConfig({ service, port, socket, check, servers }: HaproxyConfig): string {
  const lines = [
    'global',
    // So that its counts of requests begun, answered and under way are of one moment: what was lost is their difference.
    '  nbthread 1',
    `  stats socket ${socket} mode 600 level admin`,
    'defaults',
    '  mode http',
    '  timeout connect 1s',
    '  timeout client 60s',
    '  timeout server 60s',
    '  timeout queue 5s',
    `  timeout check ${check.timeoutMs}ms`,
    // Only where nothing was sent yet: a request that an instance may have begun is not sent twice.
    '  retries 3',
    '  retry-on conn-failure',
    '  option redispatch 1',
    'frontend front',
    `  bind 127.0.0.1:${port}`,
    `  default_backend ${service}`,
    `backend ${service}`,
    '  balance roundrobin',
    // The name that the server has here, whatever the program says of itself.
    `  http-response set-header ${instanceHeader} %s`,
    ...(check.probe.kind === 'http'
      ? [
          '  option httpchk',
          `  http-check send meth GET uri ${quoted(check.probe.path)} ver HTTP/1.1 hdr host ${quoted(service)}`,
          '  http-check expect status 200-399',
        ]
      : []),
    `  default-server check inter ${check.intervalMs}ms rise ${check.rise} fall ${check.fall}`,
    ...servers.map(({ name, port }) => `  server ${name} 127.0.0.1:${port}`),
  ]
  return `${lines.join('\n')}\n`
}

/** In HAProxy's own strong quotes, in which only the quote itself is special. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
