import { basename } from 'node:path'
import { markdownTable as table, markdownText as text } from '../markdown-text.ts'
import type { Report } from '../schema.ts'
import { consumerColumns } from '../tables/consumers.ts'
import { failoverRemarks } from '../tables/failover.ts'
import { faultColumns, faultErrors, faultInterventions, faultProofs } from '../tables/faults.ts'
import { connectionFacts, generatorFacts, generatorRemarks, versions, warningRemarks } from '../tables/generator.ts'
import { headlines, latencyColumns, latencyRows, measureRow } from '../tables/latency.ts'
import { drainRemarks, effectRemarks, ledgerFacts, lossRemarks, streamExamples, streamNotes } from '../tables/ledger.ts'
import { metaAbsence } from '../tables/meta-absence.ts'
import { pathColumns, pathRemarks, pathRows } from '../tables/paths.ts'
import { reasonRemarks } from '../tables/reasons.ts'
import { recoveryColumns, recoveryLegend, recoveryRows } from '../tables/recovery.ts'
import { lostLinks, regionCutColumns, regionCutLegend, regionCutRows } from '../tables/region-cuts.ts'
import { regionPairColumns, regionPairRows } from '../tables/region-pairs.ts'
import { regionColumns, regionRows } from '../tables/regions.ts'
import type { Remark } from '../tables/remark.ts'
import { restartColumns, restartRows } from '../tables/restarts.ts'
import { scriptColumns, scriptFacts } from '../tables/script-metrics.ts'
import { isWorthShowing, lastTroubles, leakRemarks, pastTroubles } from '../tables/server-remarks.ts'
import { groupColumns, nodeColumns, watched } from '../tables/servers.ts'
import { activeFact, instanceColumns, stateRemarks, troubleRemarks } from '../tables/services.ts'
import { streamColumns } from '../tables/streams.ts'
import { thresholdColumns, thresholdRows } from '../tables/thresholds.ts'
import { throughputColumns, throughputRows, throughputTitles } from '../tables/throughput.ts'
import { meaningOf, runFacts, verdictWords } from '../words.ts'

const mostExamples = 3
const mostLines = 3

/** The summary as GitHub's Markdown, for a pull request or a job's summary. */
export function renderMarkdown(report: Report): string {
  const { result, plan } = report
  const head = `${verdictWords[result.verdict]}: ${basename(plan.script.path)}, ${meaningOf(report)}`
  const blocks = [
    `## ${text(head)}`,
    result.reasons.map((reason) => `- ${text(reason)}`).join('\n'),
    text(runFacts(report).join(' · ')),
    table(thresholdColumns(report), thresholdRows(report)),
    ...headlines.flatMap((headline) => {
      const rows = latencyRows(headline, report).map((row) => measureRow(row, headline, report))
      return [table(latencyColumns(headline, rows, rows), rows), throughput(headline.throughput, report)]
    }),
    table(faultColumns(), report.faults),
    remarks([...faultErrors(report.faults), ...faultInterventions(report.faults), ...faultProofs(report.faults)]),
    ...recovery(report),
    table(restartColumns(restartRows(report)), restartRows(report)),
    ...regions(report),
    ...servers(report),
    ...services(report),
    ...ledger(report),
    table(scriptColumns(), scriptFacts(report)),
    ...generator(report),
  ]
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`
}

function throughput(metric: string | undefined, report: Report): string {
  if (metric === undefined) return ''
  return table(throughputColumns(throughputTitles[metric] ?? metric), throughputRows(metric, report))
}

function recovery(report: Report): string[] {
  const rows = recoveryRows(report)
  return rows.length === 0 ? [] : [table(recoveryColumns(rows), rows), text(recoveryLegend.join(' · '))]
}

function regions(report: Report): string[] {
  const rows = regionRows(report)
  if (rows.length === 0) return []
  const cuts = regionCutRows(report)
  return [
    table(regionColumns(rows), rows),
    table(regionPairColumns(report), regionPairRows(report)),
    table(regionCutColumns(cuts), cuts),
    cuts.length > 0 ? text(regionCutLegend.join(' · ')) : '',
    remarks([...lostLinks(cuts), ...metaAbsence(report)]),
  ]
}

function servers(report: Report): string[] {
  const { observed } = report
  if (!observed || !isWorthShowing(observed)) return []
  return [
    table(nodeColumns(report), watched(observed.availability)),
    table(groupColumns(report, observed), watched(observed.quorum)),
    remarks([...lastTroubles(report, observed), ...pastTroubles(observed), ...leakRemarks(observed)]),
  ]
}

function services(report: Report): string[] {
  return (report.services ?? []).flatMap((service) => [
    table(instanceColumns(report, service), service.instances),
    text(activeFact(service)),
    remarks([
      ...stateRemarks(service, mostExamples),
      ...troubleRemarks(service, mostLines).flatMap(({ remark, log }) => [
        remark,
        ...log.map((line): Remark => ({ mark: '·', tone: 'dim', text: line })),
      ]),
    ]),
  ])
}

function ledger(report: Report): string[] {
  const { ledger: result } = report
  if (!result) return []
  const { drained, consumers, streams } = result
  return [
    table(consumerColumns(drained), consumers),
    remarks(lossRemarks(drained, consumers, mostExamples)),
    table(streamColumns(), streams),
    remarks(streams.flatMap(streamNotes)),
    streams
      .flatMap((stream) =>
        streamExamples(stream, mostExamples).map((example) => `- ${text(`${stream.stream}: ${example}`)}`),
      )
      .join('\n'),
    table(pathColumns(), pathRows(result)),
    remarks(pathRemarks(result, mostExamples)),
    remarks(failoverRemarks(report)),
    ledgerFacts(report, result)
      .map((fact) => text(fact.text))
      .join(' · '),
    remarks([...reasonRemarks(result), ...effectRemarks(result), ...drainRemarks(result)]),
  ]
}

function generator(report: Report): string[] {
  const connections = connectionFacts(report)
  return [
    text(`Generator: ${[...generatorFacts(report), ...(connections ? [connections] : [])].join(' · ')}`),
    remarks([...generatorRemarks(report), ...warningRemarks(report)]),
    text(versions(report).join(' · ')),
  ]
}

function remarks(list: readonly Remark[]): string {
  return list.map((remark) => `- ${remark.mark} ${text(remark.text)}`).join('\n')
}
