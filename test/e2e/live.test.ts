import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import test from 'ava'
import { browserTest, openUrl } from '../report/html/browser.ts'
import { patient, Squall, scriptPath, until } from './support.ts'

const start = ['run', scriptPath('short.ts'), '--out', 'report.json', ...patient]

/** Where the page is, once it has been said. */
async function urlOf(squall: Squall): Promise<string> {
  let output = ''
  squall.child.stderr!.on('data', (text: string) => {
    output += text
  })
  await squall.said(/page: http/)
  await until(() => /page: \S+/.test(output), 'the address of the page')
  return /page: (\S+)/.exec(output)![1]!
}

browserTest.serial('the page shows the run as it goes on, and stays when it is over', async (t) => {
  const squall = await Squall.start(t, [...start, '--ui'], { DURATION: '15s' })
  const url = await urlOf(squall)
  const { page, complaints } = await openUrl(t, url, { expected: [`${url}events`] })
  const heading = () => page.$eval('h1', (heading) => heading.textContent ?? '').catch(() => '')
  await until(async () => (await heading()).startsWith('RUNNING short.ts: only'), 'the page to show the load')
  const iterations = () =>
    page
      .$$eval('.sides > :last-child td', (cells) => Number((cells[1]?.textContent ?? '').replaceAll(',', '')))
      .catch(() => 0)
  const before = await iterations()
  await until(async () => (await iterations()) > before, 'its figures to move')
  await page.focus('#panel-rate')

  const { code, stderr } = await squall.finished
  t.is(code, 0, stderr)
  await until(async () => (await heading()).startsWith('PASSED short.ts'), 'the page to show the end')
  t.is(await page.$eval(':focus', (focused) => focused.id), 'panel-rate')
  const report = await squall.report()
  t.is(await iterations(), report.ledger!.attempts)
  t.true(await page.$$eval('.chart', (places) => places.every((place) => place.childElementCount > 0)))
  t.deepEqual(complaints, [])
  await squall.assertNothingLeft(t)
})

test.serial('the page is for this machine’s own browsers only', async (t) => {
  const squall = await Squall.start(t, [...start, '--ui', '--no-html'], { DURATION: '5m' })
  const url = await urlOf(squall)
  t.is((await fetch(url)).status, 200)
  t.is((await fetch(`${url}elsewhere`)).status, 404)
  t.is((await fetch(url, { method: 'POST' })).status, 405)
  t.is(await statusFor(url, 'evil.example'), 403)
  squall.child.kill('SIGINT')
  t.is((await squall.finished).code, 105)
  await t.throwsAsync(fetch(url), undefined, 'the port is free again')
})

test.serial('a port that is taken, or none, is told before anything is started', async (t) => {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  const taken = await (await Squall.start(t, [...start, '--ui', String(port)])).finished
  t.is(taken.code, 104)
  t.regex(taken.stderr, new RegExp(`--ui ${port}: port ${port} is taken`))
  const wrong = await (await Squall.start(t, [...start, '--ui', 'yes'])).finished
  t.is(wrong.code, 104)
  t.regex(wrong.stderr, /--ui is "yes"; it must be a port/)
})

/** What a page elsewhere would get whose name was made to lead here. */
function statusFor(url: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(url, { headers: { host } }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
      .on('error', reject)
      .end()
  })
}
