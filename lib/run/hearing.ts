import type { FromGenerator } from '../load/index.ts'
import { now } from '../measure/index.ts'
import type { Plan } from '../script/index.ts'
import type { Halts } from './halts.ts'
import type { RunObserver } from './observer.ts'
import type { LoadPlay } from './play/load-play.ts'
import type { Recording } from './recording/recording.ts'
import type { FaultCourses } from './recovery/index.ts'
import type { ServiceWatch } from './watch/service-watch.ts'

export interface HearingParts {
  readonly plan: Plan
  readonly recording: Recording
  readonly halts: Halts
  readonly observer: RunObserver
}

/** Who wants to know of what is heard while the load is played. */
export interface Listeners {
  readonly play: LoadPlay
  readonly courses: FaultCourses
  readonly services: ServiceWatch
}

/** A generator tells once a second; silent for this long, its event loop is blocked. */
const silenceMs = 10_000

/** What the generator tells: records it, passes it on, judges what may end the run, and notices when nothing comes. */
export class Hearing {
  readonly #parts: HearingParts
  #listeners: Listeners | undefined
  #heardAt = Number.NaN
  #silence: NodeJS.Timeout | undefined

  constructor(parts: HearingParts) {
    this.#parts = parts
  }

  /** To be called when the load begins: from now on silence is a loss. */
  begin(listeners: Listeners): void {
    this.#listeners = listeners
    this.#heardAt = now()
    this.#silence = setInterval(() => this.#checkSilence(), 1_000)
  }

  /** Silence means nothing any more. */
  end(): void {
    clearInterval(this.#silence)
  }

  hear(message: FromGenerator): void {
    const { recording, observer } = this.#parts
    const { play, courses, services } = this.#listeners ?? {}
    this.#heardAt = now()
    const interval = recording.take(message)
    if (message.type === 'event') courses?.event(message.event)
    if (message.type === 'warning') observer.log(message.text)
    else if (message.type === 'event' && message.event.kind !== 'first-ack') {
      const { client, kind, detail } = message.event
      observer.log(`${client}: ${kind}${detail ? ` ${detail}` : ''}`)
    } else if (message.type === 'phaseDone') play?.phaseDone(message.index)
    if (!interval) return
    observer.interval(interval)
    play?.observe(interval)
    services?.observe(interval)
    this.#checkThresholds()
  }

  #checkThresholds(): void {
    const { plan, recording, halts } = this.#parts
    const elapsed = now() - recording.origin
    for (const threshold of plan.thresholds) {
      if (!threshold.abortOnFail || elapsed < threshold.delayAbortEvalMs) continue
      const { passed, observed, notWithin } = recording.judge(threshold)
      if (passed || (observed === undefined && notWithin === undefined)) continue
      const { selector, expression } = threshold
      halts.halt({ kind: 'failed', reason: `threshold ${selector}: ${expression} failed and has abortOnFail` })
    }
  }

  #checkSilence(): void {
    if (now() - this.#heardAt < silenceMs) return
    this.#parts.halts.lose(
      `the generator has not answered for ${silenceMs / 1_000} s: load() or a handler blocks its event loop`,
    )
  }
}
