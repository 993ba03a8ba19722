import type { ChartData } from '../chart-data.ts'
import { curveChart } from './curve-chart.ts'
import { heatmapChart } from './heatmap-chart.ts'
import { laneChart } from './lane-chart.ts'
import { followRun } from './live.ts'
import { panelChart } from './panel-chart.ts'
import { forgetCharts } from './plot.ts'
import { themeToggle } from './theme.ts'
import { Zoom } from './zoom.ts'
import { zoomBar } from './zoom-bar.ts'

const zoom = new Zoom()

/** Draws the page's charts into their places. Without this script the page has its tables all the same. */
function draw(data: ChartData): void {
  forgetCharts()
  zoom.begin(data.seconds)
  fill('zoom', (place) => zoomBar(place, data, zoom))
  fill('lanes', (place) => laneChart(place, data, zoom))
  for (const panel of data.panels) fill(`panel-${panel.id}`, (place) => panelChart(place, panel, data, zoom))
  for (const heatmap of data.heatmaps) fill(`heatmap-${heatmap.id}`, (place) => heatmapChart(place, heatmap, zoom))
  for (const chart of data.curves) fill(`curve-${chart.id}`, (place) => curveChart(place, chart))
  themeToggle()
}

function fill(id: string, make: (place: HTMLElement) => void): void {
  const place = document.getElementById(id)
  if (place) make(place)
}

draw(JSON.parse(document.getElementById('chart-data')?.textContent ?? '') as ChartData)
if (document.documentElement.dataset.live !== undefined) followRun(draw)
