import type { ToxicSpec } from '../topology/index.ts'
import type { LinkFault, SlowFault } from './fault.ts'

/**
 * The toxics that make up a fault on one link, one for each direction. None for `down`, which is not a toxic but a proxy
 * that is disabled. `id` is the occurrence's: names tell whose a toxic is.
 */
export function toxicsFor(fault: LinkFault, id: string): ToxicSpec[] {
  if (fault.kind === 'down') return []
  const { stream, toxicity } = fault
  return spec(toxicOf(fault), stream === 'both' ? ['upstream', 'downstream'] : [stream], toxicity, id)
}

/** The toxics that let nothing through in the given directions. */
export function silenceToxics(
  mode: 'drop' | 'stall',
  streams: readonly ToxicSpec['stream'][],
  id: string,
): ToxicSpec[] {
  return spec(silence(mode), streams, 1, id)
}

/** The toxics that make what goes in the given directions slow. */
export function slowToxics(
  { delayMs, jitterMs, kilobytesPerSecond }: SlowFault,
  streams: readonly ToxicSpec['stream'][],
  id: string,
): ToxicSpec[] {
  const latency = { type: 'latency', attributes: { latency: whole(delayMs), jitter: whole(jitterMs) } }
  return [
    ...(delayMs > 0 ? spec(latency, streams, 1, `${id}-latency`) : []),
    ...(kilobytesPerSecond === undefined
      ? []
      : spec({ type: 'bandwidth', attributes: { rate: whole(kilobytesPerSecond) } }, streams, 1, `${id}-bandwidth`)),
  ]
}

type Effect = Pick<ToxicSpec, 'type' | 'attributes'>

function spec(effect: Effect, streams: readonly ToxicSpec['stream'][], toxicity: number, id: string): ToxicSpec[] {
  return streams.map((stream) => ({
    // In a URL `#` begins a fragment, and toxiproxy-node-client does not encode names.
    name: `squall-${id.replace('#', '-')}-${stream}`,
    stream,
    toxicity,
    ...effect,
  }))
}

/** timeout 0 throws bytes away for ever; bandwidth 0 holds them back, and TCP's own window does the rest. */
function silence(mode: 'drop' | 'stall'): Effect {
  return mode === 'drop'
    ? { type: 'timeout', attributes: { timeout: 0 } }
    : { type: 'bandwidth', attributes: { rate: 0 } }
}

function toxicOf(fault: Exclude<LinkFault, { kind: 'down' }>): Effect {
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
      return silence(fault.mode)
  }
}

/** Toxiproxy takes whole numbers only. Little does not become 0, which means another thing: no delay, or none at all. */
function whole(value: number): number {
  return value > 0 ? Math.max(1, Math.round(value)) : 0
}
