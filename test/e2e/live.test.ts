import { readFile, writeFile } from 'node:fs/promises'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { renderMarkdown } from '../../lib/report/index.ts'
import { startCollector } from '../otlp/collector.ts'
import { ownFolder } from '../report/folder.ts'
import { browserTest, openUrl } from '../report/html/browser.ts'
import { readOpenMetrics } from '../report/openmetrics.ts'
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

/** What Prometheus gets, by its own rules. */
async function scrape(t: ExecutionContext, url: string) {
  const accept = 'application/openmetrics-text;version=1.0.0;q=0.9,text/plain;version=0.0.4;q=0.5'
  const response = await fetch(`${url}metrics`, { headers: { accept } })
  t.is(response.status, 200)
  t.is(response.headers.get('content-type'), 'application/openmetrics-text; version=1.0.0; charset=utf-8')
  return readOpenMetrics(await response.text())
}

browserTest.serial(
  'the page shows the run as it goes on, and stays when it is over; a collector gets its metrics',
  async (t) => {
    const collector = await startCollector(t)
    const jobSummary = join(await ownFolder(t), 'summary.md')
    await writeFile(jobSummary, '# The steps before\n')
    // Before the run, so that all of its time is for the page.
    const expected: string[] = []
    const { page, complaints } = await openUrl(t, 'about:blank', { expected })
    const squall = await Squall.start(t, [...start, '--ui', '--otlp', collector.url], {
      DURATION: '15s',
      GITHUB_STEP_SUMMARY: jobSummary,
    })
    const url = await urlOf(squall)
    expected.push(url, `${url}events`)
    await page.goto(url, { waitUntil: 'domcontentloaded' })
    const heading = () => page.$eval('h1', (heading) => heading.textContent ?? '').catch(() => '')
    await until(async () => (await heading()).startsWith('RUNNING short.ts: only'), 'the page to show the load')
    const iterations = () =>
      page
        .$$eval('.sides > :last-child td', (cells) => Number((cells[1]?.textContent ?? '').replaceAll(',', '')))
        .catch(() => 0)
    const before = await iterations()
    await until(async () => (await iterations()) > before, 'its figures to move')
    // In one step: the page is made anew each second.
    await page.evaluate(`document.getElementById('panel-rate').focus()`)

    const { code, stderr } = await squall.finished
    t.is(code, 0, stderr)
    await until(async () => (await heading()).startsWith('PASSED short.ts'), 'the page to show the end')
    t.is(await page.$eval(':focus', (focused) => focused.id), 'panel-rate')
    const report = await squall.report()
    t.is(await iterations(), report.ledger!.attempts)
    t.true(await page.$$eval('#lanes, #panel-rate', (places) => places.every((place) => place.childElementCount > 0)))
    const sent = collector.requests.map(({ metrics }) =>
      Number(metrics.find(({ name }) => name === 'squall.publish_acked')!.sum!.dataPoints[0]!.asInt),
    )
    t.is(await readFile(jobSummary, 'utf8'), `# The steps before\n${renderMarkdown(report)}`)
    t.true(sent.length >= 2, 'while it went on, and at the end')
    t.deepEqual([sent.at(-1), sent.toSorted((a, b) => a - b)], [report.ledger!.acked, sent])
    t.deepEqual(complaints, [])
    await squall.assertNothingLeft(t)
  },
)

test.serial(
  'browsers and Prometheus are this machine’s own only; a collector that refuses does not fail the run',
  async (t) => {
    const collector = await startCollector(t, 400)
    const squall = await Squall.start(t, [...start, '--ui', '--no-html', '--otlp', collector.url], {
      DURATION: '5m',
      GITHUB_STEP_SUMMARY: '/nowhere/at/all.md',
    })
    const url = await urlOf(squall)
    t.is((await fetch(url)).status, 200)
    t.is((await fetch(`${url}elsewhere`)).status, 404)
    t.is((await fetch(`${url}metrics?by=prometheus`)).status, 200)
    t.is((await fetch(url, { method: 'POST' })).status, 405)
    t.is(await statusFor(url, 'evil.example'), 403)
    const acked = 'squall_publish_acked_total{phase="only",window="baseline"}'
    await until(async () => (await scrape(t, url)).has(acked), 'metrics')
    const first = await scrape(t, url)
    await until(async () => (await scrape(t, url)).get(acked)!.value > first.get(acked)!.value, 'counters to rise')
    const second = await scrape(t, url)
    for (const [name, { type, value }] of first) {
      if (type === 'counter') t.true(second.get(name)!.value >= value, name)
    }
    squall.child.kill('SIGINT')
    const { code, stderr } = await squall.finished
    t.is(code, 105)
    t.regex(stderr, /job's summary \(GITHUB_STEP_SUMMARY\) could not be written to \/nowhere\/at\/all\.md: .*ENOENT/)
    t.true(stderr.includes(`--otlp: ${collector.url}/v1/metrics did not take the metrics: it answered 400`), stderr)
    await t.throwsAsync(fetch(url), undefined, 'the port is free again')
  },
)

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
