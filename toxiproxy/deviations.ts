/** A place where the embedded engine is not Toxiproxy 2.12, on purpose. */
export interface Deviation {
  readonly id: string
  /** Where it is seen: in the HTTP API, or in what happens to connections. */
  readonly seen: 'api' | 'data'
  /** What toxiproxy-server 2.12.0 does. */
  readonly real: string
  /** What the embedded engine does. */
  readonly embedded: string
  readonly why: string
}

/** All of them. Each has a test of its name in test/conformance/deviations-*.test.ts. */
export const deviations: readonly Deviation[] = [
  {
    id: 'version-names-engine',
    seen: 'api',
    real: '`/version` is `2.12.0`, or `git` when built with `go install`.',
    embedded: '`/version` is `2.12.0-squall.N`.',
    why: 'A report must say which engine the numbers went through.',
  },
  {
    id: 'loopback-by-default',
    seen: 'api',
    real: '`listen` without a host binds all interfaces.',
    embedded: '`listen` without a host binds 127.0.0.1. Other hosts only when they are asked for.',
    why: 'A load test should not open a machine to its network.',
  },
  {
    id: 'values-checked',
    seen: 'api',
    real: 'Any integer and any toxicity is taken; some then crash the whole process (`slicer` without attributes, `bandwidth` rate -1).',
    embedded: '400: attributes are not negative, times fit a timer, toxicity is 0 to 1, a slice has a size.',
    why: 'One bad value must not take down every proxy.',
  },
  {
    id: 'patch-all-or-nothing',
    seen: 'api',
    real: 'A refused PATCH of a toxic keeps the attributes that came before the bad one.',
    embedded: 'A refused PATCH changes nothing.',
    why: 'What was answered 400 must not be in force.',
  },
  {
    id: 'integer-spelling',
    seen: 'api',
    real: '`1.0` and `1e3` are not integers: 400.',
    embedded: 'They are.',
    why: 'JSON has one kind of number, and JavaScript clients write them as they like.',
  },
  {
    id: 'one-json-value',
    seen: 'api',
    real: 'Whatever follows the first JSON value of a body is ignored; a body has no size limit.',
    embedded: '400 for anything after it and for more than 16 MiB.',
    why: 'A mangled body should not be half obeyed.',
  },
  {
    id: 'slash-in-name',
    seen: 'api',
    real: 'A name with a slash can be created but never addressed again.',
    embedded: 'It is addressed as `%2F`.',
    why: 'What can be created must be removable.',
  },
  {
    id: 'seed-works',
    seen: 'data',
    real: '`-seed` has no effect (Shopify/toxiproxy#610).',
    embedded: 'Toxicity, jitter and slice sizes are fixed by seed, proxy, toxic and connection number.',
    why: 'A failed run can be repeated.',
  },
  {
    id: 'toxicity-decided-once',
    seen: 'data',
    real: 'The coin is thrown again on every PATCH and whenever a neighbour in the chain comes or goes.',
    embedded: 'Once for a toxic and a connection. A higher toxicity keeps the connections of the lower one.',
    why: 'A connection is either touched or not; windows of a report rely on it.',
  },
  {
    id: 'removal-drains',
    seen: 'data',
    real: 'Removing `latency` releases all delayed chunks at once.',
    embedded: 'They leave in order at the time that they were due; what comes later queues behind them.',
    why: 'A burst at the end of every fault would be an artefact in the recovery window.',
  },
  {
    id: 'patch-keeps-due-times',
    seen: 'data',
    real: 'Any PATCH, even one that changes nothing, lets the chunk in hand out at once.',
    embedded: 'A due time is fixed on arrival. A PATCH is for chunks that come later.',
    why: 'As above.',
  },
  {
    id: 'latency-adds-to-bandwidth',
    seen: 'data',
    real: '`latency` counts from when a chunk was read: behind a `bandwidth` that took longer it adds nothing.',
    embedded: '`latency` counts from when the chunk reached it.',
    why: 'A slow link that is also long is both.',
  },
  {
    id: 'latency-buffer-in-bytes',
    seen: 'data',
    real: '`latency` holds up to 1024 chunks, of 1 byte or of 32 KiB.',
    embedded: '`latency` holds up to 16 MiB, 512 bytes of overhead charged for each chunk.',
    why: 'Small messages keep their rate, and memory has a stated bound.',
  },
  {
    id: 'bandwidth-in-small-pieces',
    seen: 'data',
    real: '`bandwidth` delivers up to 100 ms worth at a time.',
    embedded: 'It delivers 5 ms worth at a time, at least 1 KiB.',
    why: 'A slow link trickles. 100 ms steps would be seen in every percentile.',
  },
  {
    id: 'delete-never-hangs',
    seen: 'data',
    real: 'Removing `latency` while the receiver is stalled blocks the whole API (Shopify/toxiproxy#558).',
    embedded: 'It is answered at once. What is held leaves when the receiver takes it.',
    why: 'Healing must always be possible.',
  },
  {
    id: 'dial-never-blocks',
    seen: 'data',
    real: 'While one upstream does not answer a dial, its proxy accepts nobody else and can not be changed.',
    embedded: 'Each connection dials for itself.',
    why: 'As above.',
  },
  {
    id: 'timeout-under-traffic',
    seen: 'data',
    real: 'Every chunk restarts the clock of `timeout`: it never fires under traffic.',
    embedded: 'It closes `timeout` ms after it took effect on the connection, or was patched.',
    why: "That is what Toxiproxy's README says.",
  },
  {
    id: 'timeout-spares-the-idle',
    seen: 'data',
    real: 'Removing `timeout` closes every connection.',
    embedded: 'It closes those that bytes or an end were dropped on.',
    why: 'An idle connection lost nothing and outlives a real black hole as well.',
  },
  {
    id: 'black-hole-holds-the-end',
    seen: 'data',
    real: "`timeout` lets a peer's FIN through.",
    embedded: 'A FIN or RST is swallowed like the bytes. Removing the toxic then closes the connection.',
    why: 'A partition delivers neither.',
  },
  {
    id: 'half-close',
    seen: 'data',
    real: 'A FIN in one direction closes the whole connection.',
    embedded: 'It is forwarded for its direction only.',
    why: 'TCP has half-close, and a proxy should not take it away.',
  },
  {
    id: 'reset-is-a-reset',
    seen: 'data',
    real: '`reset_peer` on a living connection sends FIN, and nothing at all until data flows.',
    embedded: 'It sends RST to both sides `timeout` ms after it took effect, idle or not.',
    why: 'It is called reset_peer.',
  },
  {
    id: 'reset-respects-toxicity',
    seen: 'data',
    real: '`reset_peer` with toxicity 0 turns every graceful close into a RST (Shopify/toxiproxy#603).',
    embedded: 'A connection that is not touched is not touched.',
    why: 'As above.',
  },
  {
    id: 'rst-stays-rst',
    seen: 'data',
    real: 'A RST from one side reaches the other as FIN.',
    embedded: 'It reaches the other as RST.',
    why: 'A crash should not look like a goodbye.',
  },
]
