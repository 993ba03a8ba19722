import { most, type Tags } from '../../measure/index.ts'
import type { InstanceLook, TreeUse } from '../../observe/index.ts'
import type { InstanceRecord } from '../../report/index.ts'
import type { Instance, InstanceView } from '../../services/index.ts'
import type { Recording } from '../recording/recording.ts'

/** What was seen of one instance while the load ran. */
export class InstanceWatch {
  readonly instance: Instance
  readonly #cpus = { sum: 0, count: 0 }
  /** Milliseconds that were looked at, and of them those in which it took work. */
  #watchedMs = 0
  #activeMs = 0
  #restarts: number
  #answered: number | undefined
  #view: InstanceView | undefined
  #maxRssBytes: number | undefined
  #maxFds: number | undefined
  #maxProcesses: number | undefined
  #maxQueue: number | undefined
  #slowestEjectionMs: number | undefined

  constructor(instance: Instance) {
    this.instance = instance
    this.#restarts = instance.restarts
  }

  /**
   * Takes a look that stands for the last `elapsedMs`: on a busy machine looks are not evenly spaced. Metrics get the tags.
   * `use` is what its processes use, where that was read.
   */
  look(
    view: InstanceView,
    elapsedMs: number,
    use: TreeUse | undefined,
    { aggregate }: Recording,
    tags: Tags,
  ): InstanceLook {
    this.#view = view
    const { active, balancer } = view
    this.#watchedMs += elapsedMs
    if (active) this.#activeMs += elapsedMs
    const queue = balancer && balancer.sessions + balancer.queued
    const more = this.instance.restarts - this.#restarts
    this.#restarts += more
    const { cpu, rssBytes, fds, processes } = use ?? {}
    const values: readonly (readonly [metric: string, value: number | undefined])[] = [
      ['instance_active', active ? 1 : 0],
      ['instance_restarts', more > 0 ? more : undefined],
      ['instance_queue', queue],
      ['instance_cpu', cpu],
      ['instance_rss', rssBytes],
      ['instance_fds', fds],
      ['instance_processes', processes],
    ]
    for (const [metric, value] of values) if (value !== undefined) aggregate.record(metric, tags, value)
    if (cpu !== undefined) {
      this.#cpus.sum += cpu
      this.#cpus.count += 1
    }
    this.#maxRssBytes = most(this.#maxRssBytes, rssBytes)
    this.#maxFds = most(this.#maxFds, fds)
    this.#maxProcesses = most(this.#maxProcesses, processes)
    this.#maxQueue = most(this.#maxQueue, queue)
    return { name: view.name, active, cpu, rssBytes, fds, processes, queue }
  }

  answered(requests: number): void {
    this.#answered = (this.#answered ?? 0) + requests
  }

  ejected(ms: number): void {
    this.#slowestEjectionMs = most(this.#slowestEjectionMs, ms)
  }

  /** `trouble` is what was wrong with it when the load had ended. */
  record(trouble: string | undefined): InstanceRecord {
    const { name, restarts, crashes, exit, exits, logTail } = this.instance
    const balancer = this.#view?.balancer
    const { sum, count } = this.#cpus
    return {
      name,
      activeShare: this.#watchedMs > 0 ? this.#activeMs / this.#watchedMs : 0,
      restarts,
      crashes,
      ...(this.#answered !== undefined && { answered: this.#answered }),
      ...(balancer && {
        requests: balancer.requests,
        lostRequests: balancer.lost,
      }),
      ...(this.#maxQueue !== undefined && { maxQueue: this.#maxQueue }),
      ...(count > 0 && { cpu: sum / count }),
      ...(this.#maxRssBytes !== undefined && { maxRssBytes: this.#maxRssBytes }),
      ...(this.#maxFds !== undefined && { maxFds: this.#maxFds }),
      ...(this.#maxProcesses !== undefined && { maxProcesses: this.#maxProcesses }),
      ...(this.#slowestEjectionMs !== undefined && { slowestEjectionMs: this.#slowestEjectionMs }),
      ...(exit && { exit }),
      exits,
      ...(trouble !== undefined && { trouble }),
      logTail: logTail.slice(-20),
    }
  }
}
