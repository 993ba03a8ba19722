/** The page's style sheet. Colours by what they say, as the terminal's; numbered ones only tell lines apart. */
export const style = `
:root {
  color-scheme: light dark;
  --surface: #fff; --raised: #f6f7f9; --ink: #16191d; --faint: #5b6470; --grid: #e3e6ea; --edge: #d0d5db;
  --good: #1a7f37; --caution: #8a5a00; --bad: #c0262d; --fault: #7a3fc2; --muted: #78828e;
  --1: #2060c4; --2: #c2660a; --3: #0b8060; --4: #a3259b; --5: #6a4fd0; --6: #5b7a10; --7: #c42a72; --8: #0d7590;
}
@media (prefers-color-scheme: dark) { :root:not([data-theme=light]) {
  --surface: #121519; --raised: #1b1f25; --ink: #e8eaed; --faint: #a0a9b4; --grid: #2a3038; --edge: #3a424c;
  --good: #4ac26b; --caution: #e0b040; --bad: #ff7b72; --fault: #c297ff; --muted: #8b96a3;
  --1: #6ea8fe; --2: #f5a742; --3: #3ecfa6; --4: #e38bf0; --5: #b197fc; --6: #a8c23a; --7: #f783ac; --8: #4cc3dd;
} }
:root[data-theme=dark] {
  color-scheme: dark;
  --surface: #121519; --raised: #1b1f25; --ink: #e8eaed; --faint: #a0a9b4; --grid: #2a3038; --edge: #3a424c;
  --good: #4ac26b; --caution: #e0b040; --bad: #ff7b72; --fault: #c297ff; --muted: #8b96a3;
  --1: #6ea8fe; --2: #f5a742; --3: #3ecfa6; --4: #e38bf0; --5: #b197fc; --6: #a8c23a; --7: #f783ac; --8: #4cc3dd;
}
:root[data-theme=light] { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--surface); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
main, header, nav { max-width: 1240px; margin: 0 auto; padding: 0 20px; }
header { padding-top: 20px; }
h1 { font-size: 22px; line-height: 1.3; margin: 0; }
h2 { font-size: 18px; margin: 40px 0 8px; padding-top: 12px; border-top: 1px solid var(--edge); }
h3 { font-size: 15px; margin: 24px 0 2px; }
p { margin: 4px 0 8px; max-width: 90ch; }
a { color: var(--1); }
code, pre { font: 13px/1.45 ui-monospace, monospace; }
pre { margin: 0; padding: 10px; background: var(--raised); overflow: auto; max-height: 320px; white-space: pre-wrap; }
.verdict { border-left: 6px solid var(--stands); background: var(--raised); padding: 12px 16px; margin: 0 0 12px; border-radius: 0 6px 6px 0; }
.verdict .word { color: var(--stands); font-weight: 700; }
.verdict ul { margin: 6px 0 0; padding-left: 20px; }
.meta, .about { color: var(--faint); }
.about { font-size: 13px; }
nav { position: sticky; top: 0; z-index: 5; background: var(--surface); padding-top: 6px; padding-bottom: 6px; border-bottom: 1px solid var(--edge); display: flex; gap: 4px 16px; flex-wrap: wrap; align-items: center; }
nav a { text-decoration: none; }
nav a + button { margin-left: auto; }
button { font: inherit; font-size: 13px; color: inherit; background: var(--raised); border: 1px solid var(--edge); border-radius: 6px; padding: 2px 10px; cursor: pointer; max-width: 220px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
button[aria-pressed=true] { border-color: var(--1); box-shadow: inset 0 0 0 1px var(--1); }
:focus-visible { outline: 2px solid var(--1); outline-offset: 2px; }
.scroll { overflow-x: auto; margin: 8px 0 16px; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 14px; }
caption { text-align: left; font-weight: 600; padding: 4px 0; }
th, td { padding: 3px 12px 3px 0; border-bottom: 1px solid var(--grid); vertical-align: top; font-weight: 400; max-width: 60ch; }
thead th { color: var(--faint); font-size: 13px; border-bottom-color: var(--edge); white-space: nowrap; }
.left { text-align: left; min-width: 12ch; } .right { text-align: right; white-space: nowrap; }
.whole { white-space: nowrap; }
.good { color: var(--good); } .caution { color: var(--caution); } .bad { color: var(--bad); } .fault { color: var(--fault); } .dim { color: var(--faint); }
.sides { display: flex; flex-wrap: wrap; gap: 0 48px; align-items: flex-start; }
.sides > * { max-width: 100%; }
#zoom { display: flex; flex-wrap: wrap; gap: 6px; margin: 8px 0; }
.chart { border-radius: 4px; } .panel { min-height: 252px; } .heatmap { min-height: 272px; } .curve { min-height: 332px; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.lane { display: flex; align-items: center; min-height: 21px; padding: 2px 14px 2px 0; }
.lane-name { width: 104px; max-height: 4.4em; padding-right: 8px; font-size: 12px; line-height: 1.1; color: var(--faint); text-align: right; overflow: hidden; flex: none; }
.track { position: relative; flex: 1; height: 17px; background: var(--raised); overflow: hidden; border-radius: 3px; }
.bar { position: absolute; top: 0; bottom: 0; min-width: 3px; padding: 0 5px; font-size: 11px; line-height: 17px; overflow: hidden; white-space: nowrap; color: var(--ink); background: color-mix(in srgb, var(--tone) 30%, var(--surface)); border-left: 2px solid var(--tone); }
.bar.merged { line-height: 14px; border-bottom: 3px dotted var(--tone); }
.tone-good { --tone: var(--good); } .tone-caution { --tone: var(--caution); } .tone-bad { --tone: var(--bad); } .tone-fault { --tone: var(--fault); } .tone-muted { --tone: var(--muted); }
.tone-1 { --tone: var(--1); } .tone-2 { --tone: var(--2); } .tone-3 { --tone: var(--3); } .tone-4 { --tone: var(--4); } .tone-5 { --tone: var(--5); } .tone-6 { --tone: var(--6); } .tone-7 { --tone: var(--7); } .tone-8 { --tone: var(--8); }
ul.remarks { list-style: none; margin: 4px 0 12px; padding: 0; max-width: 100ch; } .remarks li { padding-left: 18px; text-indent: -18px; }
details { margin: 2px 0 8px; } summary { cursor: pointer; color: var(--faint); font-size: 13px; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 16px; margin: 8px 0; } dt { color: var(--faint); } dd { margin: 0; }
.uplot { font: inherit; font-size: 12px; } .u-legend { text-align: left; margin-left: 104px; font-size: 13px; } .u-legend th { padding: 2px 4px; } .u-legend td { padding: 2px 12px 2px 0; border: 0; } .u-legend th { border: 0; color: var(--ink); }
.u-select { background: color-mix(in srgb, var(--1) 20%, transparent); } .u-cursor-x, .u-cursor-y { border-color: var(--faint); }
.dots { display: block; } .dots circle { fill: color-mix(in srgb, var(--tone) 55%, transparent); stroke: var(--tone); } .dots circle.never { fill: none; } .dots path { stroke: var(--tone); stroke-width: 2; } .dots .base { --tone: var(--muted); } .dots .head { --tone: var(--1); }
footer { max-width: 1240px; margin: 40px auto; padding: 0 20px; color: var(--faint); font-size: 13px; }
@media (max-width: 600px) {
  main, header, nav { padding-left: 12px; padding-right: 12px; } h1 { font-size: 19px; } dl { grid-template-columns: 1fr; }
  .u-legend { margin-left: 0; } .lane { display: block; padding-left: 62px; } .lane-name { width: auto; max-height: 2.2em; text-align: left; }
}
@page { margin: 12mm; }
@media print {
  nav, #zoom, button, .u-cursor-x, .u-cursor-y, .u-cursor-pt, details:not([open]) { display: none; }
  body { font-size: 11px; print-color-adjust: exact; } main, header, footer { max-width: none; padding-left: 0; padding-right: 0; }
  h1 { font-size: 17px; } h2 { font-size: 14px; margin-top: 20px; } h3 { font-size: 12px; } table, thead th, .about { font-size: 10px; } th, td { padding-right: 8px; }
  h2, h3, .about, caption { break-after: avoid; } .chart, .lane, tr { break-inside: avoid; } .scroll { overflow: visible; } pre { max-height: none; }
}
`
