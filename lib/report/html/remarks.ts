import type { Remark } from '../tables/remark.ts'
import { html, type Markup } from './markup.ts'

export function remarkList(remarks: readonly Remark[]): Markup | undefined {
  if (remarks.length === 0) return undefined
  return html`<ul class="remarks">${remarks.map(
    ({ mark, tone, text }) => html`<li class="${tone}"><span aria-hidden="true">${mark}</span> ${text}</li>`,
  )}</ul>`
}
