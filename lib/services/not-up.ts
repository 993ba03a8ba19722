import { UserError } from '../errors.ts'
import { formatDuration } from '../measure/index.ts'
import { describeExit } from '../topology/index.ts'
import type { Incarnation } from './incarnation.ts'
import { describeProbe, type ServicePlan } from './plan.ts'

const shownLines = 10

const listens = 'An instance must listen on the port that its PORT variable, or {port} in its command, names.'
const stays = 'An instance must stay in the foreground until it is told to end.'

/** Why an instance that was started is not up after so many milliseconds, or has ended, with what it said last. */
export function notUp(name: string, plan: ServicePlan, life: Incarnation, deadlineMs: number): UserError {
  const lines = life.process.logTail.slice(-shownLines)
  const how = life.exit
    ? `ended while it was starting (${describeExit(life.exit)})`
    : notWell(name, plan, life, deadlineMs)
  return new UserError(`${name} ${how}. ${lines.length > 0 ? 'It said last:' : 'It said nothing.'}`, {
    frame: lines.join('\n'),
    hint: hintOf(life, lines),
  })
}

function notWell(name: string, { health, ready }: ServicePlan, life: Incarnation, deadlineMs: number): string {
  const { probe } = life.healthy ? ready : health
  const at = probe.kind === 'http' || probe.kind === 'tcp' ? ` on port ${life.port}` : ''
  const asked = describeProbe(probe).replaceAll('{instance}', name)
  const reason = life.reason ? ` (${life.reason})` : ''
  return `was not ${life.healthy ? 'ready' : 'healthy'} within ${formatDuration(deadlineMs)}: ${asked}${at}${reason}`
}

function hintOf({ exit, reason }: Incarnation, lines: readonly string[]): string | undefined {
  if (saysPortTaken(lines)) return listens
  if (exit) return exit.code === 0 ? stays : undefined
  const longer = 'One that takes longer to start needs a longer startDeadline.'
  return reason?.includes('ECONNREFUSED') ? `${listens} ${longer}` : longer
}

export function saysPortTaken(lines: readonly string[]): boolean {
  return lines.some((line) => /EADDRINUSE|already in use/i.test(line))
}
