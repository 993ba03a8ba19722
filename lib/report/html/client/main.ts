import type { ChartData } from '../chart-data.ts'
import { curveChart } from './curve-chart.ts'
import { forgetDrawn } from './forget.ts'
import { heatmapChart } from './heatmap-chart.ts'
import { laneChart } from './lane-chart.ts'
import { followRun } from './live.ts'
import { type Drawing, drawNear } from './near.ts'
import { panelChart } from './panel-chart.ts'
import { themeToggle } from './theme.ts'
import { Zoom } from './zoom.ts'
import { zoomBar } from './zoom-bar.ts'

const zoom = new Zoom()

/** Draws the page's charts into their places. Without this script the page has its tables all the same. */
function draw(data: ChartData): void {
  forgetDrawn()
  zoom.begin(data.seconds)
  drawNear([
    ...at('zoom', (place) => zoomBar(place, data, zoom)),
    ...at('lanes', (place) => laneChart(place, data, zoom)),
    ...data.panels.flatMap((panel) => at(`panel-${panel.id}`, (place) => panelChart(place, panel, data, zoom))),
    ...data.heatmaps.flatMap((heatmap) => at(`heatmap-${heatmap.id}`, (place) => heatmapChart(place, heatmap, zoom))),
    ...data.curves.flatMap((chart) => at(`curve-${chart.id}`, (place) => curveChart(place, chart))),
  ])
  themeToggle()
}

function at(id: string, make: (place: HTMLElement) => void): Drawing[] {
  const place = document.getElementById(id)
  return place ? [{ place, draw: () => make(place) }] : []
}

draw(JSON.parse(document.getElementById('chart-data')?.textContent ?? '') as ChartData)
if (document.documentElement.dataset.live !== undefined) followRun(draw)
