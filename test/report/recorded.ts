import { readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import { parseReport, type Report } from '../../lib/report/index.ts'

export const recordings = ['cluster-failures', 'region-partitions', 'rolling-restart'] as const

/** A real run of a script in scripts/, as it was stored. */
export async function recordedReport(of: (typeof recordings)[number] = 'cluster-failures'): Promise<Report> {
  const file = await readFile(new URL(`./fixtures/${of}.json.gz`, import.meta.url))
  return parseReport(gunzipSync(file).toString(), `${of}.json.gz`)
}

/** Ends a script element, an attribute, a CDATA section, a table's cell and a line; longer than any screen. */
export const hostile = `</script><script>document.title='run'</script>"'><img src=x onerror="document.title='run'">]]>|\n,;\u0007=1+1${'x'.repeat(10_000)}`

/** The same run with hostile names for a phase, a consumer and in the logs. */
export function madeHostile(report: Report): Report {
  const text = JSON.stringify(report)
    .replaceAll('"failures"', JSON.stringify(hostile))
    .replaceAll('"billing"', JSON.stringify(hostile))
  return parseReport(text, 'hostile.json')
}
