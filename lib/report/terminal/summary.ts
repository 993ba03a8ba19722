import type { Report } from '../schema.ts'
import { toAscii } from './ascii.ts'
import { palette } from './colour.ts'
import { faults } from './faults.ts'
import { latencies } from './latency.ts'
import { ledger } from './ledger.ts'
import { origin } from './origin.ts'
import type { Paper, Section } from './paper.ts'
import { recovery } from './recovery.ts'
import { regions } from './regions.ts'
import { scriptMetrics } from './script-metrics.ts'
import { servers } from './servers.ts'
import { services } from './services.ts'
import { thresholds } from './thresholds.ts'
import { verdict } from './verdict.ts'

export interface SummaryOptions {
  readonly colour: boolean
  /** Columns; no line is longer. Less than {@link narrowest} counts as that. */
  readonly width: number
  /** False for terminals that show ASCII only. */
  readonly unicode?: boolean
}

const narrowest = 50

const sections: readonly Section[] = [
  verdict,
  thresholds,
  latencies,
  faults,
  recovery,
  regions,
  servers,
  services,
  ledger,
  scriptMetrics,
  origin,
]

/** The summary of a run, made from its report and nothing else; ends with a newline. */
export function renderSummary(report: Report, { colour, width, unicode = true }: SummaryOptions): string {
  const paper: Paper = { width: Math.max(narrowest, width), paint: palette(colour) }
  const parts = sections.map((section) => section(report, paper)).filter((lines) => lines.length > 0)
  const text = `${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`
  return unicode ? text : toAscii(text)
}
