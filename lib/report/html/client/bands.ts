import type uPlot from 'uplot'
import type { Band, Mark } from '../chart-data.ts'
import { colourOf } from './theme.ts'

/** Faults in force, behind everything else. */
export function drawBands(chart: uPlot, bands: readonly Band[]): void {
  inside(chart, (context) => {
    const { top, height } = chart.bbox
    context.fillStyle = colourOf('fault')
    context.globalAlpha = 0.13
    for (const { from, to } of bands) {
      const left = chart.valToPos(from, 'x', true)
      context.fillRect(left, top, Math.max(2, chart.valToPos(to, 'x', true) - left), height)
    }
  })
}

/** Moments, as thin lines over everything else. */
export function drawMarks(chart: uPlot, marks: readonly Mark[]): void {
  inside(chart, (context) => {
    const { top, height } = chart.bbox
    context.strokeStyle = colourOf('faint')
    context.globalAlpha = 0.7
    context.setLineDash([3, 3])
    for (const { at } of marks) {
      const x = Math.round(chart.valToPos(at, 'x', true)) + 0.5
      context.beginPath()
      context.moveTo(x, top)
      context.lineTo(x, top + height)
      context.stroke()
    }
  })
}

/** Draws within the plotting area only, and leaves the context as it was. */
export function inside(chart: uPlot, draw: (context: CanvasRenderingContext2D) => void): void {
  const { ctx, bbox } = chart
  ctx.save()
  ctx.beginPath()
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height)
  ctx.clip()
  draw(ctx)
  ctx.restore()
}
