import { formatDuration, formatSize } from '../measure/index.ts'
import type { Fault, LinkFault, RollFault, SlowFault, WideAreaFault } from './fault.ts'
import { describeTarget } from './target.ts'

/** A fault in words: `latency 50ms downstream on publishers`, `kill leaderOf(ORDERS)`. */
export function describeFault(fault: Fault): string {
  switch (fault.kind) {
    case 'kill':
    case 'stop':
    case 'restart':
    case 'pause':
    case 'lameDuck':
    case 'crashLoop':
      return `${fault.kind} ${describeTarget(fault.target)}${fault.wipe ? ', wiped' : ''}`
    case 'partition': {
      const whom = fault.shape === 'majoritiesRing' ? '' : ` ${describeTarget(fault.target)}`
      const hearers = fault.hearers ? ` to ${describeTarget(fault.hearers)}` : ''
      const { flapping } = fault
      const beat = flapping ? `, ${formatDuration(flapping.onMs)} on ${formatDuration(flapping.offMs)} off` : ''
      return `${fault.shape} ${fault.mode}${whom}${hearers}${beat}`
    }
    case 'slow':
      return `slow ${describeTarget(fault.target)}${fromWhom(fault)} by ${slowness(fault)}`
    case 'lossyLink': {
      const stalls = `stalls of ${formatDuration(fault.stallMs)} about every ${formatDuration(fault.everyMs)} for lost packets`
      return `lossyLink ${describeTarget(fault.target)}${fromWhom(fault)}, ${stalls}`
    }
    case 'isolateClients': {
      const whose = fault.role === 'clients' ? '' : `, ${fault.role} only`
      return `isolateClients ${fault.mode} ${describeTarget(fault.target)}${whose}`
    }
    case 'rollingRestart': {
      const parts = [
        `rollingRestart ${fault.service}`,
        ...(fault.order === 'forward' ? [] : [fault.order]),
        ...(fault.pauseMs > 0 ? [`pause ${formatDuration(fault.pauseMs)}`] : []),
        ...(fault.surge ? ['surge'] : []),
        ...(fault.maxUnavailable > 1 ? [`maxUnavailable ${fault.maxUnavailable}`] : []),
        ...changes(fault.to),
      ]
      return parts.join(', ')
    }
    default: {
      const stream = 'stream' in fault && fault.stream !== 'both' ? `${fault.stream} ` : ''
      const share =
        'toxicity' in fault && fault.toxicity < 1
          ? ` for ${Number((fault.toxicity * 100).toPrecision(3))}% of connections`
          : ''
      return `${effectOf(fault)} ${stream}on ${fault.link}${share}`
    }
  }
}

function fromWhom({ hearers }: WideAreaFault): string {
  return hearers ? ` from ${describeTarget(hearers)}` : ''
}

function slowness({ delayMs, jitterMs, kilobytesPerSecond }: SlowFault): string {
  const jitter = jitterMs > 0 ? ` jitter ${formatDuration(jitterMs)}` : ''
  const parts = [
    ...(delayMs > 0 ? [`latency ${formatDuration(delayMs)}${jitter}`] : []),
    ...(kilobytesPerSecond === undefined ? [] : [`bandwidth ${formatSize(kilobytesPerSecond * 1_000)}/s`]),
  ]
  return `${parts.join(' and ')} each way`
}

function changes({ command, env = {} }: RollFault['to']): string[] {
  const set = Object.entries(env).map(([name, value]) => `${name}=${value}`)
  return [...(command ? [`to ${command.join(' ')}`] : []), ...(set.length > 0 ? [`with ${set.join(' ')}`] : [])]
}

function effectOf(fault: LinkFault): string {
  switch (fault.kind) {
    case 'latency':
      return `latency ${formatDuration(fault.delayMs)}${fault.jitterMs > 0 ? ` jitter ${formatDuration(fault.jitterMs)}` : ''}`
    case 'bandwidth':
      return `bandwidth ${formatSize(fault.kilobytesPerSecond * 1_000)}/s`
    case 'slicer':
      return `slicer ${formatSize(fault.averageSize)} every ${formatDuration(fault.delayUs / 1_000)}`
    case 'slowClose':
      return `slowClose ${formatDuration(fault.delayMs)}`
    case 'limitData':
      return `limitData ${formatSize(fault.bytes)}`
    case 'resetPeer':
      return `resetPeer after ${formatDuration(fault.afterMs)}`
    case 'blackhole':
      return `blackhole ${fault.mode}`
    case 'down':
      return 'down'
  }
}
