import { formatSize } from '../../measure/index.ts'
import { counted, exact } from '../numbers.ts'
import type { Report } from '../schema.ts'
import {
  connectionFacts,
  generatorColumns,
  generatorFacts,
  generatorRemarks,
  warningRemarks,
} from '../tables/generator.ts'
import { html, type Markup } from './markup.ts'
import { remarkList } from './remarks.ts'
import { table } from './table.ts'

const mostEvents = 500

/** What ran where, how the generator did, and everything that was said on the way. */
export function environment(report: Report): Markup {
  const { environment: on, toxiproxy, servers, generator, events, plan, pacing } = report
  const connections = connectionFacts(report)
  const facts: readonly (readonly [string, string])[] = [
    ['script', `${plan.script.path}, sha256 ${plan.script.sha256}`],
    ['seed', String(plan.options.seed)],
    ['machine', `${on.hostname}, ${on.cpu}, ${on.cores} cores, ${formatSize(on.memoryBytes)}`],
    ['system', `${on.os} ${on.kernel} ${on.arch}${on.ci ? ', in CI' : ''}`],
    ['Squall', `${on.squall} on Node.js ${on.node}, ${pacing} pacing`],
    ...(on.driver === 'netns'
      ? [['driver', `netns: regions were cut off by the kernel, by rules of ${on.firewall}`] as const]
      : []),
    ['Toxiproxy', `${toxiproxy.kind} ${toxiproxy.version}${toxiproxy.sha256 ? `, sha256 ${toxiproxy.sha256}` : ''}`],
    ...servers.map(
      ({ name, version, syncInterval, sha256 }) =>
        [name, `nats-server ${version}, sync ${syncInterval}, sha256 ${sha256}`] as const,
    ),
  ]
  return html`<dl>${facts.map(([name, text]) => html`<dt>${name}</dt><dd>${text}</dd>`)}</dl>
<p>Generator: ${generatorFacts(report).join(' · ')}.${connections !== undefined && html` The ${connections}.`}</p>
${generator.phases.length > 0 && table(generatorColumns(), generator.phases)}
${remarkList([...generatorRemarks(report), ...warningRemarks(report)])}
${
  events.length > 0 &&
  html`<details><summary>${counted(events.length, 'event')} of the clients</summary><ol>${events
    .slice(0, mostEvents)
    .map(
      ({ at, client, kind, detail }) => html`<li>${(at / 1_000).toFixed(3)} s: ${client} ${kind} ${detail}</li>`,
    )}</ol>${
    events.length > mostEvents && html`<p>… and ${exact(events.length - mostEvents)} more in the report</p>`
  }</details>`
}
${servers.map(
  ({ name, logTail }) =>
    logTail.length > 0 &&
    html`<details><summary>last lines of ${name}’s log</summary><pre tabindex="0">${logTail.join('\n')}</pre></details>`,
)}
<details><summary>the plan, as data</summary><pre tabindex="0">${JSON.stringify(plan, null, 2)}</pre></details>`
}
