import type { Fault, Stream } from './fault.ts'

/** A toxic as Toxiproxy's API takes it. */
export interface ToxicSpec {
  readonly name: string
  readonly type: string
  readonly stream: 'upstream' | 'downstream'
  readonly toxicity: number
  readonly attributes: Readonly<Record<string, number>>
}

/**
 * The toxics that make up a fault on one link, one for each direction. None for `down`, which is not a toxic but a proxy
 * that is disabled. `id` is the occurrence's: names tell whose a toxic is.
 */
export function toxicsFor(fault: Fault, id: string): ToxicSpec[] {
  if (fault.kind === 'down') return []
  const { type, attributes } = toxicOf(fault)
  return streamsOf(fault.stream).map((stream) => ({
    // In a URL `#` begins a fragment, and toxiproxy-node-client does not encode names.
    name: `squall-${id.replace('#', '-')}-${stream}`,
    type,
    stream,
    toxicity: fault.toxicity,
    attributes,
  }))
}

function toxicOf(fault: Exclude<Fault, { kind: 'down' }>): Pick<ToxicSpec, 'type' | 'attributes'> {
  switch (fault.kind) {
    case 'latency':
      return { type: 'latency', attributes: { latency: whole(fault.delayMs), jitter: whole(fault.jitterMs) } }
    case 'bandwidth':
      return { type: 'bandwidth', attributes: { rate: whole(fault.kilobytesPerSecond) } }
    case 'slicer':
      return {
        type: 'slicer',
        attributes: {
          average_size: whole(fault.averageSize),
          size_variation: whole(fault.sizeVariation),
          delay: whole(fault.delayUs),
        },
      }
    case 'slowClose':
      return { type: 'slow_close', attributes: { delay: whole(fault.delayMs) } }
    case 'limitData':
      return { type: 'limit_data', attributes: { bytes: whole(fault.bytes) } }
    case 'resetPeer':
      return { type: 'reset_peer', attributes: { timeout: whole(fault.afterMs) } }
    case 'blackhole':
      // timeout 0 throws bytes away for ever; bandwidth 0 holds them back, and TCP's own window does the rest.
      return fault.mode === 'drop'
        ? { type: 'timeout', attributes: { timeout: 0 } }
        : { type: 'bandwidth', attributes: { rate: 0 } }
  }
}

function streamsOf(stream: Stream): ('upstream' | 'downstream')[] {
  return stream === 'both' ? ['upstream', 'downstream'] : [stream]
}

/** Toxiproxy takes whole numbers only. Little does not become 0, which means another thing: no delay, or none at all. */
function whole(value: number): number {
  return value > 0 ? Math.max(1, Math.round(value)) : 0
}
