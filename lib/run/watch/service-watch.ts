import { setTimeout as sleep } from 'node:timers/promises'
import { formatDuration, now, type Tags } from '../../measure/index.ts'
import { ServiceTimeline, TreeReader } from '../../observe/index.ts'
import type { ServiceRecord } from '../../report/index.ts'
import type { Instance, Service } from '../../services/index.ts'
import { describeExit } from '../../topology/index.ts'
import type { Interval } from '../recording/interval.ts'
import type { Recording } from '../recording/recording.ts'
import type { Windows } from '../recording/windows.ts'
import { InstanceWatch } from './instance-watch.ts'

/** A look at who is active is cheap, and a gap between two restarts may be short. */
const lookMs = 250
/** Resources are read from the first look of each second on, as the timeline is cut, and told with the look after they were. */
const useMs = 1_000

interface WatchedService {
  readonly service: Service
  readonly instances: readonly InstanceWatch[]
  readonly processes: TreeReader
  readonly timeline: ServiceTimeline
  leastActive: number
}

export interface ServiceWatchParts {
  readonly services: readonly Service[]
  readonly recording: Recording
  readonly windows: Windows
  /** The start of the load, monotonic milliseconds. */
  readonly origin: number
  readonly log: (text: string) => void
}

/** Watches the services while the load runs, and makes metrics and a part of the report of it. */
export class ServiceWatch {
  readonly #parts: ServiceWatchParts
  readonly #services: readonly WatchedService[]
  readonly #stopping = new AbortController()
  #running: Promise<unknown> | undefined
  #troubles: ReadonlyMap<string, string | undefined> | undefined

  constructor(parts: ServiceWatchParts) {
    this.#parts = parts
    this.#services = parts.services.map((service) => ({
      service,
      leastActive: service.instances.length,
      instances: service.instances.map((instance) => new InstanceWatch(instance)),
      processes: new TreeReader(),
      timeline: new ServiceTimeline(parts.origin),
    }))
  }

  start(): void {
    this.#running ??= Promise.all(this.#services.map((watched) => this.#watch(watched)))
  }

  /** Called with each interval: who answered how much. */
  observe({ from, to, answered }: Interval): void {
    for (const { service, instances, timeline } of this.#services) {
      const own = answered.filter((one) => one.service === service.name)
      timeline.answered((from + to) / 2, new Map(own.map(({ instance, requests }) => [instance, requests])))
      for (const { instance, requests } of own) {
        instances.find((watch) => watch.instance.name === instance)?.answered(requests)
      }
    }
  }

  /** An instance ended by itself. */
  ended({ name, exit, gaveUp }: Instance): void {
    const how = describeExit(exit)
    this.#parts.log(`${name} ended by itself (${how})${gaveUp ? '; it is not started again' : ''}`)
  }

  /** An instance's process ended, whoever ended it: how long does its balancer go on sending it requests? */
  async down(instance: Instance): Promise<void> {
    const watched = this.#services.find(({ service }) => service.instances.includes(instance))
    if (!watched || this.#stopping.signal.aborted) return
    const tags = this.#tagsAt(now(), watched, instance.name)
    const ms = await watched.service.untilEjected(instance, this.#stopping.signal)
    if (ms === undefined) return
    this.#parts.recording.aggregate.record('instance_ejection_time', tags, ms)
    watched.instances.find((watch) => watch.instance === instance)?.ejected(ms)
    this.#parts.log(`${instance.name} taken out by HAProxy ${formatDuration(ms)} after it ended`)
  }

  /** Once more at what the services store, when nothing is sent and nothing is done any more. Never rejects. */
  async lookAtState(): Promise<void> {
    await Promise.all(this.#services.map(({ service }) => service.state?.look()))
  }

  /** Ends at once, and notes what is wrong now. Never rejects. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running
    this.#troubles = new Map(
      this.#services.flatMap(({ instances }) => instances.map(({ instance }) => [instance.name, instance.trouble])),
    )
  }

  result(): ServiceRecord[] {
    return this.#services.map(({ service, instances, leastActive, timeline }) => ({
      name: service.name,
      balancer: service.plan.loadBalancer.kind,
      leastActive,
      instances: instances.map((watch) => watch.record(this.#troubles?.get(watch.instance.name))),
      ...(service.state && { state: service.state.findings }),
      timeline: timeline.build(),
    }))
  }

  async #watch(watched: WatchedService): Promise<void> {
    const { origin, recording } = this.#parts
    const { signal } = this.#stopping
    const { service, instances, processes, timeline } = watched
    await sleep(Math.max(0, origin - now()), undefined, { signal }).catch(() => {})
    void service.state?.look()
    let before = origin
    let readIn = -1
    while (!signal.aborted) {
      const views = await service.look()
      if (signal.aborted) break
      const at = now()
      const elapsed = Math.max(0, at - before)
      before = at
      const active = views.filter((view) => view.active).length
      watched.leastActive = Math.min(watched.leastActive, active)
      recording.aggregate.record('active_instances', this.#tagsAt(at, watched), active)
      const second = Math.floor((at - origin) / useMs)
      if (second > readIn) processes.begin(service.instances.map(rootOf))
      readIn = second
      const uses = processes.take()
      const looks = instances.map((watch, index) => {
        const view = views[index]!
        const { instance } = watch
        if (view.active && instance.restarts > 0) void service.state?.lookAfter(instance)
        const tags = this.#tagsAt(at, watched, instance.name)
        return watch.look(view, elapsed, uses?.get(instance.name), recording, tags)
      })
      timeline.look(at, looks)
      await sleep(lookMs, undefined, { signal }).catch(() => {})
    }
    await processes.settled()
  }

  #tagsAt(at: number, { service }: WatchedService, instance?: string): Tags {
    return {
      ...this.#parts.windows.tagsAt(at),
      service: service.name,
      ...(instance !== undefined && { instance }),
    }
  }
}

function rootOf({ name, state, pid, mark }: Instance) {
  // The pid of one that has ended may be somebody else's by now.
  return { name, pid: state === 'down' ? undefined : pid, mark }
}
