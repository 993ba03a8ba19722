/**
 * What a metric is: `trend` a distribution of durations or sizes, `counter` a sum, `rate` a share of trues (0–1),
 * `gauge` a last value with its extremes, `throughput` a distribution of per-second rates.
 */
export type MetricType = 'trend' | 'counter' | 'rate' | 'gauge' | 'throughput'
/** `time` values are milliseconds wherever Squall shows or compares them. */
export type MetricUnit = 'time' | 'bytes' | 'count' | 'share'

export interface MetricDefinition {
  readonly name: string
  readonly type: MetricType
  readonly unit: MetricUnit
  readonly description: string
  /** A counter of what the metric is silent about as long as all is well: where that counted, no sample means 0. */
  readonly zeroWhere?: string
  /** A tag whose series are parts of the one without it: they count only where a selector asks for that tag. */
  readonly partsBy?: string
}

const define = (
  name: string,
  type: MetricType,
  unit: MetricUnit,
  description: string,
  more: Pick<MetricDefinition, 'zeroWhere' | 'partsBy'> = {},
): MetricDefinition => ({ name, type, unit, description, ...more })

/**
 * What is seen of the servers once a second (docs/observers.md): tagged with `node`, or with `stream`, which is `_meta_`
 * for the group that all of JetStream hangs on, or with `between`, two regions.
 */
export const observedMetrics: readonly MetricDefinition[] = [
  define('node_up', 'rate', 'share', 'seconds in which a node answered ÷ seconds'),
  define('quorum', 'rate', 'share', 'seconds in which a leader led a majority of the replicas ÷ seconds'),
  define('leader_changes', 'counter', 'count', 'times another node became leader'),
  define('replica_lag', 'gauge', 'count', 'messages that the leader had and a replica had not; at least that many'),
  define('server_cpu', 'trend', 'share', 'CPU time of a server ÷ time; 1 is one core'),
  define('server_rss', 'gauge', 'bytes', 'resident memory of a server'),
  define('server_fds', 'gauge', 'count', 'open file descriptors of a server'),
  define('server_connections', 'gauge', 'count', 'client connections of a server'),
  define('store_bytes', 'gauge', 'bytes', 'what JetStream stores on a server'),
  define(
    'active_instances',
    'gauge',
    'count',
    'instances of a `service` that take work, as probed and as its balancer sees them',
  ),
  define('instance_active', 'rate', 'share', 'looks at which an `instance` took work ÷ looks'),
  define('instance_requests', 'counter', 'count', 'requests that an `instance` answered, by HTTP and by NATS'),
  define('instance_throughput', 'throughput', 'count', 'per-second rate of answers of an `instance`'),
  define('instance_queue', 'gauge', 'count', 'requests that an `instance` has or that wait for it, as HAProxy counts'),
  define('instance_cpu', 'trend', 'share', 'CPU time of all processes of an `instance` ÷ time; 1 is one core'),
  define('instance_rss', 'gauge', 'bytes', 'resident memory of all processes of an `instance`'),
  define('instance_fds', 'gauge', 'count', 'open file descriptors of all processes of an `instance`'),
  define(
    'instance_processes',
    'gauge',
    'count',
    'processes of an `instance`: the one that was started and all that it started',
  ),
  define(
    'instance_ejection_time',
    'trend',
    'time',
    'an `instance`’s process ended → HAProxy sends it no more requests; not where it was drained before',
  ),
  define('instance_restarts', 'counter', 'count', 'times that an `instance` was started again, whoever asked for it'),
  define(
    'instance_restart_time',
    'trend',
    'time',
    'rolling restart: an `instance`’s turn began → it took work again, draining included',
  ),
  define('slow_consumers', 'counter', 'count', 'connections that a server closed because they read too slowly'),
  define('queue_depth', 'gauge', 'count', 'messages that the origins of a copy `stream` had and the copy had not'),
  define(
    'region_connected',
    'rate',
    'share',
    'looks at which two regions listed each other and messages crossed ÷ looks',
  ),
  define('region_rtt', 'trend', 'time', 'round trip of a probe message `between` two regions'),
]

/** One sample for each firing of a fault: docs/recovery.md. */
export const recoveryMetrics: readonly MetricDefinition[] = [
  define(
    'time_to_detect',
    'trend',
    'time',
    'a fault’s start → first failed operation, lost connection or sign on a server',
  ),
  define(
    'time_to_ack',
    'trend',
    'time',
    'a fault’s start → acks come again; 0 when they stopped no longer than in baselines',
  ),
  define('ack_stall', 'trend', 'time', 'longest gap without an ack, less the time for which a stream had no leader'),
  define('time_to_new_leader', 'trend', 'time', 'a fault’s start → a leader again; 0 when the group kept its own'),
  define('fault_throughput', 'trend', 'share', 'mean throughput while a fault is in force ÷ the baseline’s median'),
  define('backlog_peak', 'trend', 'count', 'most messages that a consumer had pending or unacknowledged since a fault'),
  define('queue_depth_peak', 'trend', 'count', 'most messages that were queued for a copy `stream` since a fault'),
  define('region_silence', 'trend', 'time', 'longest time for which no probe message crossed `between` two regions'),
  define('time_to_ack_after_heal', 'trend', 'time', 'heal → first ack after it'),
  define('recovery_time', 'trend', 'time', 'heal → first of two healthy seconds in a row (docs/windows.md)'),
  define('time_to_full_throughput', 'trend', 'time', 'heal → first of 5 s at 95 % of the baseline’s median or more'),
  define('time_to_drain', 'trend', 'time', 'heal → a consumer’s backlog is what it was before the fault'),
  define('time_to_replicas_current', 'trend', 'time', 'heal → every replica of every stream is current'),
  define(
    'region_reconnect_time',
    'trend',
    'time',
    'heal → a probe message crosses both ways; 0 when they never stopped',
  ),
  define(
    'region_link_time',
    'trend',
    'time',
    'heal → the servers of both regions list the link; 0 when they always did',
  ),
  define('queue_drain_time', 'trend', 'time', 'heal → a copy `stream` has caught up with its origins'),
]

/** Every metric that Squall records by itself; a script's own are added to these. */
export const builtInMetrics: readonly MetricDefinition[] = [
  define('publish_latency', 'trend', 'time', 'intended start → ack of a JetStream publish'),
  define('publish_service_time', 'trend', 'time', 'actual send → ack; hides the time a message waited to be sent'),
  define('request_latency', 'trend', 'time', 'intended start → reply'),
  define('request_service_time', 'trend', 'time', 'actual send → reply'),
  define('schedule_lag', 'trend', 'time', 'intended start → actual start of the iteration: the generator’s own delay'),
  define('iteration_duration', 'trend', 'time', 'actual start → end of one call of load()'),
  define('e2e_latency', 'trend', 'time', 'intended publish → delivery to a consumer'),
  define('publish_attempts', 'counter', 'count', 'publishes asked for'),
  define('publish_acked', 'counter', 'count', 'publishes stored and acknowledged'),
  define('publish_sent', 'counter', 'count', 'core publishes handed to the connection; nobody acknowledges these'),
  define('publish_failed', 'counter', 'count', 'publishes known not to be stored: 503, API error, not connected'),
  define('publish_indeterminate', 'counter', 'count', 'publishes whose fate is unknown: timeout, disconnect'),
  define('publish_success', 'rate', 'share', 'acked or sent ÷ attempts'),
  define('ack_gap', 'trend', 'time', 'time between two acks in a row, where it is 50 ms or more', {
    zeroWhere: 'publish_acked',
  }),
  define('publish_retries', 'counter', 'count', 'publishes made again because an earlier try was not acked'),
  define('duplicate_acks', 'counter', 'count', 'acks that said that the stream knew the message id already'),
  define(
    'failover_acks',
    'counter',
    'count',
    'acks that came while the publisher was connected to another region than its own',
  ),
  define('late_acks', 'counter', 'count', 'acks that came after their publish had been called indeterminate'),
  define('request_success', 'rate', 'share', 'requests answered ÷ requests made'),
  define('request_failed', 'counter', 'count', 'requests refused: no responders, not connected'),
  define(
    'near_answers',
    'rate',
    'share',
    'answers from responders of the requester’s own region ÷ answers from responders of any',
  ),
  define('request_indeterminate', 'counter', 'count', 'requests without an answer in time'),
  define('http_latency', 'trend', 'time', 'intended start → whole answer of an HTTP request'),
  define('http_service_time', 'trend', 'time', 'actual send → whole answer of an HTTP request'),
  define(
    'http_requests',
    'counter',
    'count',
    'HTTP requests made; tagged with `service`, and `instance` where one answered',
  ),
  define('http_success', 'rate', 'share', 'HTTP requests answered with a status below 500 ÷ requests made'),
  define('http_failed', 'counter', 'count', 'HTTP requests known not to be done: connection refused, status 503'),
  define(
    'http_indeterminate',
    'counter',
    'count',
    'HTTP requests of unknown fate: timeout, connection lost, other 5xx',
  ),
  define('consumed', 'counter', 'count', 'messages delivered to consumers'),
  define('redelivered', 'counter', 'count', 'deliveries that JetStream marked as repeated'),
  define('duplicates', 'counter', 'count', 'messages delivered again without being marked as redelivered'),
  define('lost', 'counter', 'count', 'acked messages that a drained JetStream consumer never got'),
  define('stream_lost', 'counter', 'count', 'acked messages that their stream, read to its end, did not hold'),
  define(
    'path_lost',
    'counter',
    'count',
    'messages of an `origin` that a copy of it (`stream`) has passed and does not hold',
  ),
  define('path_duplicated', 'counter', 'count', 'messages that a copy holds again, and its origin does not'),
  define(
    'path_out_of_order',
    'counter',
    'count',
    'messages that stand in a copy behind ones that follow them in its origin',
  ),
  define('path_queued', 'counter', 'count', 'messages that a copy had yet to get when the drain ended'),
  define('core_lost', 'counter', 'count', 'core messages sent that a matching subscription never got'),
  define('iterations', 'counter', 'count', 'iterations finished'),
  define('iteration_errors', 'counter', 'count', 'iterations whose load() threw or rejected'),
  define('dropped_iterations', 'counter', 'count', 'iterations not started because maxInFlight was reached'),
  define('interrupted_iterations', 'counter', 'count', 'iterations still running when gracefulStop ended'),
  define('checks', 'rate', 'share', 'check() calls that were true'),
  define('reconnects', 'counter', 'count', 'times a client came back after losing its connection'),
  define('disconnects', 'counter', 'count', 'times a client lost its connection'),
  define('data_sent', 'counter', 'bytes', 'payload bytes published, whatever became of them; of a retry each time'),
  define('data_received', 'counter', 'bytes', 'payload bytes delivered to consumers'),
  ...recoveryMetrics,
  define('publish_throughput', 'throughput', 'count', 'per-second rate of acked or sent publishes', {
    partsBy: 'region',
  }),
  define('consume_throughput', 'throughput', 'count', 'per-second rate of deliveries', { partsBy: 'region' }),
  ...observedMetrics,
  define('backlog', 'gauge', 'count', 'messages that a JetStream consumer had pending or unacknowledged'),
  define('leak_ratio', 'gauge', 'share', 'what a process holds after the faults ÷ the most that is no leak'),
]

/** The percentiles that every summary shows, as shares. */
export const percentiles = [0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999] as const

/** `p50`, `p99.9`: a percentile's name from its share. */
export function percentileName(share: number): string {
  return `p${Number((share * 100).toFixed(6))}`
}

/** Tags of one series. `phase` and `window` are always there for samples taken during the load. */
export type Tags = Readonly<Record<string, string>>

const partTags = new Map(
  builtInMetrics.flatMap(({ name, partsBy }) => (partsBy === undefined ? [] : [[name, partsBy]])),
)

/**
 * Is a series of a metric a part of another one, and not asked for as such? A rate of each region adds up to the run's: the
 * spread of both together would be that of neither.
 */
export function isPart(metric: string, tags: Tags, selector: Tags = {}): boolean {
  const by = partTags.get(metric)
  return by !== undefined && by in tags && !(by in selector)
}
