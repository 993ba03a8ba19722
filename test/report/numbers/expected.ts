import type { Report } from '../../../lib/report/index.ts'
import { faultTables } from './faults.ts'
import { heatmapTables } from './heatmaps.ts'
import { latencyTables } from './latency.ts'
import { ledgerTables } from './ledger.ts'
import { panelTables } from './panels.ts'
import { regionTables } from './regions.ts'
import { runTables } from './run.ts'
import { scriptTables } from './script.ts'
import { serverTables } from './servers.ts'

/** What a row has to say by the titles of its columns, found in the report by this test itself. */
export type Row = Readonly<Record<string, string>>

/** By the tables' names, in the order of their rows. */
export type Tables = Readonly<Record<string, readonly Row[]>>

/** Every table of the page. A column that is not in here may not be shown. */
export function tablesOf(report: Report): Tables {
  const all = {
    ...runTables(report),
    ...latencyTables(report),
    ...panelTables(report),
    ...heatmapTables(report),
    ...faultTables(report),
    ...regionTables(report),
    ...serverTables(report),
    ...ledgerTables(report),
    ...scriptTables(report),
  }
  return Object.fromEntries(Object.entries(all).filter(([, rows]) => rows.length > 0))
}
