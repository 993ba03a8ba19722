import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import test, { type ExecutionContext } from 'ava'
import { HttpClient } from '../../lib/load/http/http.ts'
import { RequestLedger } from '../../lib/load/http/request-ledger.ts'
import type { HttpRequest } from '../../lib/load/iteration.ts'
import { Reasons } from '../../lib/load/ledger/reasons.ts'
import { Tagger } from '../../lib/load/tagger.ts'
import { SampleRegistry } from '../../lib/measure/index.ts'

/** Answers with the status that the path names; `/cut` ends in the middle of its answer, `/silent` never answers. */
async function startClient(t: ExecutionContext) {
  const server = createServer((request, response) => {
    if (request.url === '/silent') return
    if (request.url === '/cut') {
      response.writeHead(200, { 'content-length': '100' }).write('begun')
      setTimeout(() => response.destroy(), 20)
    } else response.writeHead(Number(request.url!.slice(1))).end('all of it')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const reasons = new Reasons()
  const tagger = new Tagger(new SampleRegistry([], () => {}), ['only'])
  const here = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const client = new HttpClient({ here: [here], gone: ['http://127.0.0.1:1'] }, new RequestLedger(1), tagger, reasons)
  t.teardown(async () => {
    await client.close()
    server.close()
  })
  const ask = (path: string, request?: HttpRequest) =>
    client.request({ phase: 0, lag: 0, ackTimeoutMs: 0 }, path, request)
  return { client, here, ask, reasons }
}

test('known to be done, known not to be done, and not known', async (t) => {
  const { client, ask, reasons } = await startClient(t)
  for (const status of [200, 302, 404, 499]) t.is((await ask(`/${status}`)).outcome, 'answered', String(status))
  t.is(client.takeMissed(), undefined)
  t.is((await ask('/503')).outcome, 'failed')
  t.is((await ask('/200', { service: 'gone' })).outcome, 'failed')
  for (const path of ['/500', '/502', '/cut']) t.is((await ask(path)).outcome, 'indeterminate', path)
  t.is((await ask('/silent', { timeout: '50ms' })).outcome, 'indeterminate')
  t.is(typeof client.takeMissed(), 'number')
  const counted = reasons.result().map(({ outcome, reason, count }) => `${count} ${outcome}: ${reason}`)
  t.is(counted.length, 6, counted.join(', '))
  t.deepEqual(counted.slice(0, 2).sort(), ['1 failed: connect ECONNREFUSED 127.0.0.1:1', '1 failed: status 503'])
  t.deepEqual(counted.slice(2, 4), ['1 indeterminate: status 500', '1 indeterminate: status 502'])
  t.is(client.takeMissed(), undefined)
})

test('what can not be sent, or not to the service, is a mistake of the script and no outcome', async (t) => {
  const { client, here, ask } = await startClient(t)
  const mistake = (path: unknown, request: unknown, message: RegExp) =>
    t.throwsAsync(ask(path as string, request as HttpRequest), { instanceOf: TypeError, message })
  await mistake('/200', { body: { id: 1 } }, /^http \/200 can't be sent: body must be/)
  await mistake('/200', { headers: { 'no header': '1' } }, /^http \/200 can't be sent: invalid header key/)
  await mistake(undefined, {}, /^http path is undefined; it must be a path of the service's, such as "\/orders"$/)
  await mistake('http://127.0.0.1:1/200', {}, /^http path is "http:\/\/127\.0\.0\.1:1\/200"; it must be a path/)
  await mistake('//elsewhere/200', {}, /^http path is/)
  t.is(client.takeMissed(), undefined)
  t.is((await ask(`${here}/200`)).outcome, 'answered')
})
