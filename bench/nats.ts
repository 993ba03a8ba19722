import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { requireBinary } from '../lib/binaries/index.ts'
import type { StreamPlan } from '../lib/load/index.ts'

/** The stream that benchmarks publish to. */
export const benchStream: StreamPlan = {
  name: 'BENCH',
  subjects: ['bench.>'],
  replicas: 1,
  storage: 'file',
  retention: 'limits',
  discard: 'old',
}

/** A nats-server with JetStream for a benchmark, without a proxy. */
export interface BenchServer {
  readonly url: string
  stop(): Promise<void>
}

export async function startBenchServer(): Promise<BenchServer> {
  const { path } = await requireBinary('nats-server')
  const dir = await mkdtemp(join(tmpdir(), 'squall-bench-'))
  const args = ['-a', '127.0.0.1', '-p', '-1', '-js', '-sd', dir, '--ports_file_dir', dir]
  const child = spawn(path, args, { stdio: 'ignore' })
  const url = await portOf(dir, child)
  return {
    url,
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await ended
      await rm(dir, { recursive: true, force: true })
    },
  }
}

async function portOf(dir: string, child: ChildProcess): Promise<string> {
  while (child.exitCode === null) {
    const file = (await readdir(dir)).find((name) => name.endsWith('.ports'))
    if (file) {
      const text = await readFile(join(dir, file), 'utf8')
      if (text.trim().endsWith('}')) return JSON.parse(text).nats[0]
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`nats-server ended with exit code ${child.exitCode}`)
}

/** Median of a few runs of each, run in turn so that a drift of the machine hits all alike. */
export async function interleave(
  rounds: number,
  runs: Record<string, () => Promise<number>>,
): Promise<Record<string, number>> {
  const results: Record<string, number[]> = {}
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, run] of Object.entries(runs)) {
      results[name] ??= []
      results[name].push(await run())
    }
  }
  return Object.fromEntries(Object.entries(results).map(([name, values]) => [name, median(values)]))
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]!
}
