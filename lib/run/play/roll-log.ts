import type { RollLog } from '../../faults/index.ts'
import type { Roll, RollStep } from '../../services/index.ts'

/** How a rolling restart goes, or went, with times from the start of the load. */
export function rollLog({ steps, left, failure }: Pick<Roll, 'steps' | 'left' | 'failure'>, origin: number): RollLog {
  return {
    steps: steps.map((step) => fromOrigin(step, origin)),
    left,
    ...(failure !== undefined && { failure }),
  }
}

function fromOrigin(step: RollStep, origin: number): RollStep {
  const { beganAt, drainedAt, stoppedAt, startedAt, activeAt, ...rest } = step
  return {
    ...rest,
    beganAt: beganAt - origin,
    ...(drainedAt !== undefined && { drainedAt: drainedAt - origin }),
    ...(stoppedAt !== undefined && { stoppedAt: stoppedAt - origin }),
    ...(startedAt !== undefined && { startedAt: startedAt - origin }),
    ...(activeAt !== undefined && { activeAt: activeAt - origin }),
  }
}
