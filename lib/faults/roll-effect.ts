import { Roll, type RollStep, type Service } from '../services/index.ts'
import type { Effect } from './effect.ts'
import type { RollFault } from './fault.ts'
import { shuffled } from './shuffle.ts'

/** A rolling restart as an effect: applying it begins it, healing it finishes the instance under way. */
export class RollEffect implements Effect {
  readonly #service: Service
  readonly #fault: RollFault
  readonly #random: () => number
  readonly #onStep: (step: RollStep) => void
  readonly target: string
  readonly where: string
  /** There once it has begun. */
  roll: Roll | undefined

  constructor(fault: RollFault, service: Service, random: () => number, onStep: (step: RollStep) => void) {
    this.#fault = fault
    this.#service = service
    this.#random = random
    this.#onStep = onStep
    this.target = service.name
    this.where = `service ${service.name}`
  }

  async apply(): Promise<void> {
    this.roll = new Roll(this.#service, this.#inOrder(), this.#fault, this.#onStep)
  }

  async heal(): Promise<void> {
    await this.roll?.finish()
  }

  #inOrder() {
    const { instances } = this.#service
    if (this.#fault.order === 'random') return shuffled(instances, this.#random)
    return this.#fault.order === 'reverse' ? instances.toReversed() : instances
  }
}
