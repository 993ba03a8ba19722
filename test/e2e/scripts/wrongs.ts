import { at, consumer, type Iteration, latency, type Phase, stream } from 'squall'
import { told } from './told.ts'

// One stream for each thing that can go wrong. The script does it to them itself, past publish(), between its two phases.
const names = ['CLEAN', 'DELETED', 'STRAY', 'REPUBLISHED', 'PURGED', 'SWAPPED', 'MIXED', 'FULL', 'STOLEN']
export const streams = names.map((name) =>
  stream(name, {
    subjects: [`${name}.>`],
    ...(name === 'FULL' && { maxMessages: 150, discard: 'new' as const }),
  }),
)

let refused = false
export const consumers = [
  consumer('victim', { stream: 'STOLEN', batch: 1 }),
  consumer('reluctant', {
    stream: 'CLEAN',
    handler: ({ redelivered, info }) => {
      if (info.streamSequence !== 10 || redelivered) return
      refused = true
      throw new Error('not now')
    },
  }),
]

// Two times 100 messages to each stream, one after another: what must be found is known to the last number.
export const phases: Phase[] = [
  { name: 'before', duration: '30s', iterations: 100, faults: [at(0, latency({ delay: '1ms' }), { name: 'slow' })] },
  { name: 'after', duration: '30s', iterations: 100 },
]

const failed: { data: Uint8Array }[] = []

export async function load({ publish, nats, iteration, check }: Iteration) {
  // The fault is in force then.
  if (iteration === 0) await told()
  if (iteration === 100) {
    await wrong(nats)
    check('a handler refused a message', refused)
  }
  // Whoever has what a publisher sent can send it again.
  const tap = iteration === 199 ? nats.subscribe('FULL.*', { max: 1 }) : undefined
  const copied =
    tap &&
    (async () => {
      for await (const { data } of tap) failed.push({ data: data.slice() })
    })()
  for (const name of names) await publish(`${name}.a`, { size: 64 })
  if (iteration !== 199) return
  await copied
  // The last message was refused, since its stream is full. Now there is room, and it is stored all the same.
  const manager = await nats.jetstreamManager()
  const { config } = await manager.streams.info('FULL')
  await manager.streams.update('FULL', { ...config, max_msgs: -1 })
  await nats.jetstream().publish('FULL.a', failed[0]!.data)
}

async function wrong(nats: Iteration['nats']) {
  const js = nats.jetstream()
  const manager = await nats.jetstreamManager()
  await manager.streams.deleteMessage('DELETED', 50)
  await js.publish('STRAY.a', 'nobody knows me')
  const { data } = await manager.streams.getMessage('REPUBLISHED', { seq: 20 })
  await js.publish('REPUBLISHED.a', data)
  // A message of another stream's.
  await js.publish('MIXED.a', data)
  await manager.streams.purge('PURGED')
  const { config } = await manager.streams.info('SWAPPED')
  await manager.streams.delete('SWAPPED')
  await manager.streams.add(config)
  // It asks beside the consumer that the messages are meant for, which asks for one at a time; and again when its server said
  // nothing for a second, so that more than one of its requests may wait. Whoever has waited longest gets the next message.
  const idle = async (waiting: number) => {
    const { num_pending, num_ack_pending, num_waiting } = await manager.consumers.info('STOLEN', 'victim')
    return num_pending + num_ack_pending === 0 && num_waiting >= waiting
  }
  while (!(await idle(1)));
  const thief = await js.consumers.get('STOLEN', 'victim')
  const stolen = thief.next({ expires: 30_000 })
  while (!(await idle(2)));
  void stolen.then((message) => message?.ack())
}
