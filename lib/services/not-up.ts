import { UserError } from '../errors.ts'
import { formatDuration } from '../measure/index.ts'
import { describeExit } from '../topology/index.ts'
import type { Incarnation } from './incarnation.ts'
import { describeProbe, type ServicePlan } from './plan.ts'

const shownLines = 10

/** Why an instance that was started is not up, with what it said last. */
export function notUp(name: string, plan: ServicePlan, life: Incarnation): UserError {
  const check = life.healthy ? plan.ready : plan.health
  const how = life.exit
    ? `ended while it was starting (${describeExit(life.exit)})`
    : `was not ${life.healthy ? 'ready' : 'healthy'} within ${formatDuration(plan.startDeadlineMs)}: ${describeProbe(check.probe)} on port ${life.port}${life.reason ? ` (${life.reason})` : ''}`
  const lines = life.process.logTail.slice(-shownLines)
  return new UserError(`${name} ${how}. ${lines.length > 0 ? 'It said last:' : 'It said nothing.'}`, {
    frame: lines.join('\n'),
    hint: saysPortTaken(lines)
      ? 'An instance must listen on the port that its PORT variable, or {port} in its command, names.'
      : undefined,
  })
}

export function saysPortTaken(lines: readonly string[]): boolean {
  return lines.some((line) => /EADDRINUSE|already in use/i.test(line))
}
