import {
  type SampleRegistry,
  type SampleSet,
  type Tags,
  type Window,
  WindowTrack,
  windowTags,
} from '../measure/index.ts'

/** What an operation measures itself into. */
export interface OperationSamples {
  readonly set: SampleSet
  readonly publish: PublishSamples
  readonly request: RequestSamples
}

export type PublishSamples = ReturnType<typeof publishSamples>
export type RequestSamples = ReturnType<typeof requestSamples>

/**
 * Finds the series for a sample: those of the phase it belongs to and of the window it fell in (see WindowTrack), with
 * the script's own tags where it gave any. Combinations are made once and then found by two array steps.
 */
export class Tagger {
  readonly #registry: SampleRegistry
  readonly #phases: readonly string[]
  readonly #track: WindowTrack
  readonly #starts: number[]
  readonly #always: Tags
  readonly #plain: OperationSamples[][] = []

  /** With `of`, it shares the phases and windows of that one, and each of its samples has the tags `always`. */
  constructor(registry: SampleRegistry, phases: readonly string[], always: Tags = {}, of?: Tagger) {
    this.#registry = registry
    this.#phases = phases
    this.#always = always
    this.#track = of ? of.#track : new WindowTrack()
    this.#starts = of ? of.#starts : []
  }

  /** One for samples that all have these tags. */
  tagged(always: Tags): Tagger {
    return new Tagger(this.#registry, this.#phases, always, this)
  }

  startPhase(at: number): void {
    this.#starts.push(at)
  }

  openWindow(at: number, window: Window): void {
    this.#track.open(at, window)
  }

  /** The phase in force at a monotonic time; the first one before the load starts. */
  phaseAt(time: number): number {
    let phase = this.#starts.length - 1
    while (phase > 0 && this.#starts[phase]! > time) phase -= 1
    return Math.max(0, phase)
  }

  get phase(): number {
    return Math.max(0, this.#starts.length - 1)
  }

  /** For an operation of `phase` that ran from `from` until now. */
  samples(phase: number, from: number, extra?: Tags): OperationSamples {
    return this.#samples(phase, this.#track.indexSince(from), extra)
  }

  /** For something that happens in the phase and window of this moment. */
  current(extra?: Tags): SampleSet {
    return this.#samples(this.phase, this.#track.current, extra).set
  }

  /** The tags of this moment. */
  currentTags(): Tags {
    return this.#tags(this.phase, this.#track.current)
  }

  #samples(phase: number, window: number, extra: Tags | undefined): OperationSamples {
    if (extra) return operationSamples(this.#registry.set({ ...extra, ...this.#tags(phase, window) }))
    let row = this.#plain[phase]
    if (!row) {
      row = []
      this.#plain[phase] = row
    }
    let samples = row[window]
    if (!samples) {
      samples = operationSamples(this.#registry.set(this.#tags(phase, window)))
      row[window] = samples
    }
    return samples
  }

  #tags(phase: number, window: number): Tags {
    return { ...this.#always, ...windowTags(this.#phases[phase] ?? '', this.#track.windows[window]!) }
  }
}

function operationSamples(set: SampleSet): OperationSamples {
  // Made when first used: a script that never sends a request should not report a request rate.
  let publish: PublishSamples | undefined
  let request: RequestSamples | undefined
  return {
    set,
    get publish() {
      publish ??= publishSamples(set)
      return publish
    },
    get request() {
      request ??= requestSamples(set)
      return request
    },
  }
}

function publishSamples(set: SampleSet) {
  return {
    latency: set.trend('publish_latency'),
    service: set.trend('publish_service_time'),
    attempts: set.counter('publish_attempts'),
    acked: set.counter('publish_acked'),
    sent: set.counter('publish_sent'),
    failed: set.counter('publish_failed'),
    indeterminate: set.counter('publish_indeterminate'),
    success: set.rate('publish_success'),
    bytes: set.counter('data_sent'),
  }
}

function requestSamples(set: SampleSet) {
  return {
    latency: set.trend('request_latency'),
    service: set.trend('request_service_time'),
    failed: set.counter('request_failed'),
    indeterminate: set.counter('request_indeterminate'),
    success: set.rate('request_success'),
    bytes: set.counter('data_sent'),
  }
}
