import type { PlotData } from '../plot-data.ts'
import { differenceChart } from './difference-chart.ts'
import { historyChart } from './history-chart.ts'
import { themeToggle } from './theme.ts'

/** Draws the charts of a page that holds runs against each other. Without this script it has its tables all the same. */
function draw({ differences, histories }: PlotData): void {
  for (const chart of differences) differenceChart(placeOf(`difference-${chart.id}`), chart)
  for (const chart of histories) historyChart(placeOf(`history-${chart.id}`), chart)
  themeToggle()
}

function placeOf(id: string): HTMLElement {
  return document.getElementById(id)!
}

draw(JSON.parse(document.getElementById('chart-data')?.textContent ?? '') as PlotData)
