import { Ajv } from 'ajv'
import test from 'ava'
import type { Report } from '../../lib/report/index.ts'
import { reportJsonSchema } from '../../lib/report/json-schema.ts'
import { clusterReport } from './cluster-fixture.ts'
import { fixtureReport } from './fixture.ts'
import { recordedReport, recordings } from './recorded.ts'

const schema = reportJsonSchema() as { readonly properties: Readonly<Record<string, unknown>> }
const accepts = new Ajv({ allErrors: true }).compile(schema)
/** As a reader finds it: without what JSON leaves out. */
const stored = (report: Report) => JSON.parse(JSON.stringify(report))

test('the schema takes reports of real runs, and every part of them is in it', async (t) => {
  const recorded = await Promise.all(recordings.map(recordedReport))
  for (const report of [...recorded, fixtureReport(), clusterReport()]) {
    t.true(accepts(stored(report)), JSON.stringify(accepts.errors?.slice(0, 3)))
    t.deepEqual(
      Object.keys(report).filter((key) => !(key in schema.properties)),
      [],
    )
  }
})

test('the schema says no to what is damaged, and where', async (t) => {
  const report = await recordedReport()
  const damaged: readonly [path: string, report: unknown][] = [
    ['/result/exitCode', { ...report, result: { ...report.result, exitCode: '0' } }],
    ['/version', { ...report, version: 999 }],
    ['/timeline/due/0', { ...report, timeline: { ...report.timeline, due: ['1'] } }],
    ['/faults/0/id', { ...report, faults: [{ ...report.faults[0], id: 7 }] }],
  ]
  for (const [path, value] of damaged) {
    t.false(accepts(value))
    t.true(
      accepts.errors!.some(({ instancePath }) => instancePath === path),
      path,
    )
  }
})
