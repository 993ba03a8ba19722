import type { Tags } from '../../measure/index.ts'
import { instanceNames, type ServicePlan } from '../../services/index.ts'

/** What one instance answered in an interval. */
export interface Answered {
  readonly service: string
  readonly instance: string
  readonly requests: number
}

/** Sorts the answers of an interval by who gave them. An instance that gave none is told with 0 once its service gave any. */
export class InstanceThroughput {
  readonly #services: readonly ServicePlan[]
  readonly #answering = new Set<string>()
  readonly #counts = new Map<string, number>()

  constructor(services: readonly ServicePlan[]) {
    this.#services = services
  }

  /** To be called with each counter that changed. */
  count(metric: string, by: number, { service, instance }: Tags): void {
    if (metric !== 'instance_requests' || service === undefined || instance === undefined) return
    this.#answering.add(service)
    this.#counts.set(instance, (this.#counts.get(instance) ?? 0) + by)
  }

  /** Since it was asked last. */
  take(): Answered[] {
    const answered = this.#services
      .filter(({ name }) => this.#answering.has(name))
      .flatMap((plan) =>
        instanceNames(plan).map((instance) => ({
          service: plan.name,
          instance,
          requests: this.#counts.get(instance) ?? 0,
        })),
      )
    this.#counts.clear()
    return answered
  }
}
