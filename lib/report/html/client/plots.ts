import type { PlotData } from '../plot-data.ts'
import { differenceChart } from './difference-chart.ts'
import { historyChart } from './history-chart.ts'
import { drawNear } from './near.ts'
import { themeToggle } from './theme.ts'

/** Draws the charts of a page that holds runs against each other. Without this script it has its tables all the same. */
function draw({ differences, histories }: PlotData): void {
  drawNear([
    ...differences.map((chart) => at(`difference-${chart.id}`, (place) => differenceChart(place, chart))),
    ...histories.map((chart) => at(`history-${chart.id}`, (place) => historyChart(place, chart))),
  ])
  themeToggle()
}

function at(id: string, make: (place: HTMLElement) => void) {
  const place = document.getElementById(id)!
  return { place, draw: () => make(place) }
}

draw(JSON.parse(document.getElementById('chart-data')?.textContent ?? '') as PlotData)
