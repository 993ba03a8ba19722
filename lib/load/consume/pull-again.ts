import { ConsumerDebugEvents, ConsumerEvents, type ConsumerMessages } from 'nats'

const waitMs = 100

/**
 * Has nats.js ask for messages again a tenth of a second after it was told that nobody answers for the consumer, or that
 * its leader has changed. By itself (2.29) it does nothing then until it misses heartbeats, two to three seconds in which
 * messages that the server would deliver wait for the client; and each such answer puts that off. Until it is stopped.
 */
export async function pullAgain(messages: ConsumerMessages): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const ask = () => {
    timer = undefined
    void (messages as unknown as Resettable).resetPending()
  }
  for await (const { type, data } of await messages.status())
    if (isDropped(type, data)) timer ??= setTimeout(ask, waitMs)
  clearTimeout(timer)
}

/** What nats.js does on missed heartbeats: forgets what it had asked for, and asks. Not declared, but in every 2.x. */
interface Resettable {
  resetPending(): Promise<boolean>
}

/** Is what was asked for not to be answered any more? The texts are nats-server's, in lower case by nats.js. */
function isDropped(type: string, data: unknown): boolean {
  if (type === ConsumerEvents.NoResponders || type === ConsumerEvents.ConsumerDeleted) return true
  return type === ConsumerDebugEvents.DebugEvent && /^409 (leadership change|server shutdown)$/.test(String(data))
}
