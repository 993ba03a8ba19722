import test from 'ava'
import { LiveServer } from '../../lib/live/server.ts'

test('who follows a run that ended without a report gets no last word, rather than one that can not be read', async (t) => {
  for (const [update, heard] of [
    [undefined, ''],
    [{ final: true }, 'data: {"final":true}\n\n'],
  ] as const) {
    const server = await LiveServer.start(0)
    const following = await fetch(`${server.url}events`)
    await server.end(update)
    t.is(await following.text(), heard)
  }
})
