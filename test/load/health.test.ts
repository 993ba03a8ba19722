import { setTimeout as sleep } from 'node:timers/promises'
import test from 'ava'
import { HealthMonitor } from '../../lib/load/health.ts'
import { now } from '../../lib/measure/index.ts'

const blockedMs = 300

function block() {
  const until = now() + blockedMs
  while (now() < until);
}

test.serial('a turn that reaches over the end of its interval is told, and once', async (t) => {
  const health = new HealthMonitor('eco')
  await sleep(30)
  health.take()
  // As a snapshot does that was due meanwhile: its timer comes before any other.
  const late = sleep(50).then(() => ({ since: now(), ...health.take() }))
  block()
  const { since, maxTurnMs } = await late
  t.true(maxTurnMs >= blockedMs - 20, `${maxTurnMs} ms`)
  // Told again it would be longer than the time since, however long the machine stood still in that.
  await sleep(30)
  const next = health.take().maxTurnMs
  t.true(next <= now() - since, `${next} ms`)
  health.stop()
})

test.serial('a turn within an interval is told', async (t) => {
  const health = new HealthMonitor('eco')
  await sleep(30)
  health.take()
  block()
  await sleep(50)
  t.true(health.take().maxTurnMs >= blockedMs - 20)
  health.stop()
})
