import test from 'ava'
import { payloadSize } from '../../lib/load/publish/message-writer.ts'
import { messageAndPlace, scriptFrame } from '../../lib/script-frame.ts'

test("the place of an error is the script's, and not that of what the script called", (t) => {
  const error = t.throws(() => payloadSize({ size: -1 }))
  t.regex(messageAndPlace(error), /^message size is -1; .* \(at .*script-frame\.test\.ts:\d+:\d+\)\)$/)
  const stack = `NatsError: BAD_SUBJECT
    at NatsError.errorForCode (/project/node_modules/nats/lib/nats-base-client/core.js:143:16)
    at new Promise (<anonymous>)
    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)
    at async load (/project/orders.ts:4:60)`
  t.is(scriptFrame(stack), 'at async load (/project/orders.ts:4:60)')
})

test('the innermost place when none is of the script, and nothing without a stack', (t) => {
  t.is(scriptFrame('Error\n    at a (node:fs:1:2)\n    at b (node:fs:3:4)'), 'at a (node:fs:1:2)')
  t.is(scriptFrame(undefined), undefined)
  t.is(messageAndPlace('no error'), 'no error')
})
