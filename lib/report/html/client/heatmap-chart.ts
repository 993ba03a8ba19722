import type uPlot from 'uplot'
import type { Heatmap } from '../chart-data.ts'
import { formatValue } from '../format.ts'
import { inside } from './bands.ts'
import { colourOf } from './theme.ts'
import { timeChart } from './time-chart.ts'
import type { Zoom } from './zoom.ts'

const height = 240

/** Latency over time, the darker the more samples; two humps stay two, which no percentile line shows. */
export function heatmapChart(place: HTMLElement, heatmap: Heatmap, zoom: Zoom): void {
  const { at, edges, counts } = heatmap
  const lowest = edges[0]!
  const highest = edges.at(-1)!
  const times = at.slice(0, -1)
  // Its one series is there for the cursor: the busiest latency of each column.
  const busiest = counts.map((column) => {
    const most = Math.max(...column)
    return most === 0 ? null : edges[column.indexOf(most)]!
  })
  timeChart(
    place,
    zoom,
    {
      unit: 'time',
      y: { distr: 3, range: () => [lowest, highest] },
      timeLabel: 'from',
      series: [
        {
          label: 'most samples at',
          stroke: () => colourOf('1'),
          paths: () => null,
          points: { show: false },
          value: (_, value) => formatValue(value, 'time'),
        },
      ],
      hooks: { draw: [(chart) => drawCells(chart, heatmap)] },
    },
    [times, busiest],
    height,
  )
}

function drawCells(chart: uPlot, { at, edges, counts }: Heatmap): void {
  const most = Math.log(1 + Math.max(...counts.map((column) => Math.max(...column))))
  const x = at.map((time) => chart.valToPos(time, 'x', true))
  const y = edges.map((edge) => chart.valToPos(edge, 'y', true))
  inside(chart, (context) => {
    context.fillStyle = colourOf('1')
    counts.forEach((column, index) => {
      column.forEach((count, row) => {
        if (count === 0) return
        // By its logarithm: one slow message in a thousand is to be seen.
        context.globalAlpha = 0.12 + 0.88 * (Math.log(1 + count) / most)
        context.fillRect(x[index]!, y[row + 1]!, Math.ceil(x[index + 1]! - x[index]!), Math.ceil(y[row]! - y[row + 1]!))
      })
    })
  })
}
