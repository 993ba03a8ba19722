import { html, type Markup } from './markup.ts'

export interface VerdictHead {
  /** What it comes to, in one word. */
  readonly word: string
  /** A colour of the style sheet. */
  readonly tone: string
  readonly title: string
  readonly reasons?: readonly string[]
  readonly meta?: string | undefined
}

/** The first thing on a page. */
export function verdictHead({ word, tone, title, reasons = [], meta }: VerdictHead): Markup {
  return html`<div class="verdict" style="--stands: var(--${tone})">
<h1><span class="word">${word}</span> ${title}</h1>
${reasons.length > 0 && html`<ul>${reasons.map((reason) => html`<li>${reason}</li>`)}</ul>`}
${meta !== undefined && html`<p class="meta">${meta}</p>`}
</div>`
}
