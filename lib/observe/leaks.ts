import type { ProcessUse } from './sample.ts'

/** What a process holds at one time, as far as known. */
export interface ResourceUse extends Omit<ProcessUse, 'threads'> {
  readonly connections: number | undefined
  readonly goroutines: number | undefined
}

export type LeakedResource = keyof ResourceUse

/** What a process holds after the load's faults, and what it held before them. */
export interface LeakCheck {
  /** A node's name, or `runner`. */
  readonly process: string
  readonly resource: LeakedResource
  /** Median of the last third of the baseline. */
  readonly baseline: number
  /** Median of the last third of the recovery. */
  readonly recovery: number
  /** The most that is not called a leak. */
  readonly limit: number
}

/** A process that holds more than that. */
export type LeakFinding = LeakCheck

const limits: Readonly<Record<LeakedResource, (baseline: number) => number>> = {
  // Go and V8 keep freed memory for a while, and a server's indexes grow with its store.
  rssBytes: (baseline) => baseline * 1.5 + 32 * 2 ** 20,
  fds: (baseline) => baseline + 10,
  connections: (baseline) => baseline + 10,
  // Some belong to each connection, route and Raft group, and come and go with them.
  goroutines: (baseline) => baseline * 1.2 + 50,
}

/**
 * The runner keeps the run second by second, up to 4 096 intervals: some 10 MiB of what it measured and some 17 MiB of what it
 * observed, for a few series and nodes. It grows with the run, and stops growing.
 */
const recordBytes = 64 * 2 ** 20

/**
 * Compares what a process held in two stretches, both in order of time, by one rule for each resource: docs/observers.md. A
 * resource that was not seen in both of them is not judged.
 */
export function checkLeaks(
  process: string,
  baseline: readonly ResourceUse[],
  recovery: readonly ResourceUse[],
): LeakCheck[] {
  const kept = process === 'runner' ? recordBytes : 0
  return (Object.keys(limits) as LeakedResource[]).flatMap((resource) => {
    const before = settled(baseline, resource)
    const after = settled(recovery, resource)
    if (before === undefined || after === undefined) return []
    return [
      {
        process,
        resource,
        baseline: before,
        recovery: after,
        limit: limits[resource](before) + (resource === 'rssBytes' ? kept : 0),
      },
    ]
  })
}

export function isLeak({ recovery, limit }: LeakCheck): boolean {
  return recovery > limit
}

/** Median of the last third of what is known: by then what a stretch began with has settled. */
function settled(uses: readonly ResourceUse[], resource: LeakedResource): number | undefined {
  const values = uses.map((use) => use[resource]).filter((value) => value !== undefined)
  const last = values.slice(Math.floor((values.length * 2) / 3)).sort((a, b) => a - b)
  return last[Math.floor((last.length - 1) / 2)]
}
