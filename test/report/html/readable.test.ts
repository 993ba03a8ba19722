import test from 'ava'
import type { ChartTone, LaneSpan } from '../../../lib/report/html/chart-data.ts'
import { readable } from '../../../lib/report/html/readable.ts'

const span = (from: number, to: number, label = 'n1', tone: ChartTone = '1'): LaneSpan => ({ from, to, label, tone })

test('what is long enough, and one or two short ones between, stay as they are', (t) => {
  const spans = [span(0, 100), span(100, 101, 'down', 'bad'), span(101, 102), span(102, 200)]
  t.deepEqual(readable(spans, 10), spans)
})

test('short ones in a row become one that says how many they were, the longest first', (t) => {
  const flapping = Array.from({ length: 50 }, (_, index) => span(100 + index, 101 + index, index % 5 ? 'n1' : 'n2'))
  t.deepEqual(readable([span(0, 100), ...flapping, span(150, 300)], 10), [
    span(0, 100),
    { from: 100, to: 150, label: '50 × n1, n2', tone: '1', merged: 50 },
    span(150, 300),
  ])
})

test('what is alarming in a row is to be seen', (t) => {
  const spans = [span(0, 1, 'running', 'good'), span(1, 2, 'down', 'bad'), span(2, 3, 'running', 'good')]
  t.deepEqual(readable(spans, 10), [{ from: 0, to: 3, label: '3 × running, down', tone: 'bad', merged: 3 }])
  const leaders = ['n1', 'n2', 'n3', 'n4'].map((node, index) =>
    span(index, index + 1, node, `${index + 1}` as ChartTone),
  )
  t.deepEqual(readable(leaders, 10), [{ from: 0, to: 4, label: '4 × n1, n2, n3, …', tone: 'muted', merged: 4 }])
})

test('short ones that are far from each other are not one', (t) => {
  const spans = [span(0, 1), span(50, 51), span(100, 101)]
  t.deepEqual(readable(spans, 10), spans)
})

test('merged ones are counted when they are merged again, and nothing is lost of the time', (t) => {
  const spans = Array.from({ length: 64 }, (_, index) => span(index, index + 1, `${index % 2}`))
  const once = readable([...spans.slice(0, 32), span(32, 60, 'long'), ...spans.slice(60)], 2)
  const [whole] = readable([...once, span(64, 65)], 100)
  t.deepEqual([whole!.from, whole!.to, whole!.merged], [0, 65, 32 + 1 + 4 + 1])
})
