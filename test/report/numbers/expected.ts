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
import type { Tables } from './tables.ts'

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
