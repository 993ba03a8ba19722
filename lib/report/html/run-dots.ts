import { html, type Markup } from './markup.ts'

const width = 150
const height = 26
const margin = 6
const places = { base: 8, head: 18 } as const

type Side = keyof typeof places

/**
 * Each run of both sides as a dot on one axis, the base above the head, with a stroke at each median: what two medians and an
 * interval do not show. What never came stands at the right edge, hollow.
 */
export function runDots(
  sides: Readonly<Record<Side, { readonly values: readonly number[]; readonly median: number }>>,
  textOf: (value: number) => string,
): Markup {
  const finite = [...sides.base.values, ...sides.head.values].filter(Number.isFinite)
  const [low, high] = [Math.min(...finite), Math.max(...finite)]
  const x = (value: number) => {
    if (!Number.isFinite(value)) return width - 2
    return margin + (high > low ? (value - low) / (high - low) : 0.5) * (width - 3 * margin)
  }
  const side = (name: Side) => {
    const { values, median } = sides[name]
    const y = places[name]
    return html`${values.map(
      (value) =>
        html`<circle class="${name}${!Number.isFinite(value) && ' never'}" cx="${x(value).toFixed(1)}" cy="${y}" r="3"><title>${name}: ${textOf(value)}</title></circle>`,
    )}<path class="${name}" d="M${x(median).toFixed(1)} ${y - 6}v12"/>`
  }
  const label = `${sides.base.values.length} base and ${sides.head.values.length} head runs${
    finite.length > 0 ? `, from ${textOf(low)} to ${textOf(high)}` : ''
  }`
  return html`<svg class="dots" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${label}">${side('base')}${side('head')}</svg>`
}
