import { formatSize } from '../../measure/index.ts'
import { exact } from '../numbers.ts'
import type { Report } from '../schema.ts'
import type { Column } from '../tables/column.ts'
import { html, type Markup } from './markup.ts'
import { table } from './table.ts'

const mostEvents = 500

/** What ran where, how the generator did, and everything that was said on the way. */
export function environment(report: Report): Markup {
  const { environment: on, toxiproxy, servers, generator, warnings, events, plan, pacing } = report
  const facts: readonly (readonly [string, string])[] = [
    ['script', `${plan.script.path}, sha256 ${plan.script.sha256}`],
    ['seed', String(plan.options.seed)],
    ['machine', `${on.hostname}, ${on.cpu}, ${on.cores} cores, ${formatSize(on.memoryBytes)}`],
    ['system', `${on.os} ${on.kernel} ${on.arch}${on.ci ? ', in CI' : ''}`],
    ['Squall', `${on.squall} on Node.js ${on.node}, ${pacing} pacing`],
    ['Toxiproxy', `${toxiproxy.kind} ${toxiproxy.version}${toxiproxy.sha256 ? `, sha256 ${toxiproxy.sha256}` : ''}`],
    ...servers.map(
      ({ name, version, syncInterval, sha256 }) =>
        [name, `nats-server ${version}, sync ${syncInterval}, sha256 ${sha256}`] as const,
    ),
  ]
  return html`<dl>${facts.map(([name, text]) => html`<dt>${name}</dt><dd>${text}</dd>`)}</dl>
${generator.phases.length > 0 && table(generatorColumns, generator.phases)}
${warnings.length > 0 && html`<h3>Warnings</h3><ul>${warnings.map((warning) => html`<li class="caution">${warning}</li>`)}</ul>`}
${
  events.length > 0 &&
  html`<details><summary>${exact(events.length)} events of the clients</summary><ol>${events
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

type GeneratorPhase = Report['generator']['phases'][number]

const ms = (value: number | undefined) => (value === undefined ? '–' : `${Number(value.toPrecision(3))}ms`)

const generatorColumns: readonly Column<GeneratorPhase>[] = [
  { title: 'Generator', align: 'left', text: ({ phase }) => phase },
  { title: 'due', align: 'right', text: ({ due }) => exact(due) },
  { title: 'started', align: 'right', text: ({ started }) => exact(started) },
  { title: 'dropped', align: 'right', text: ({ dropped }) => exact(dropped) },
  { title: 'late at p99', align: 'right', text: ({ lagP99 }) => ms(lagP99) },
  { title: 'longest turn', align: 'right', text: ({ maxTurnMs }) => ms(maxTurnMs) },
  {
    title: 'remark',
    align: 'left',
    text: ({ invalid, caution }) => invalid ?? caution ?? '',
    tone: ({ invalid }) => (invalid === undefined ? 'dim' : 'bad'),
  },
]
