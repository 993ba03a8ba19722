/** One column for one column, so that what was aligned stays so. */
const substitutes: Readonly<Record<string, string>> = {
  '✓': '+',
  '✗': 'x',
  '→': '>',
  '–': '-',
  '…': '~',
  '·': '|',
  '×': 'x',
  '÷': '/',
  µ: 'u',
  '’': "'",
  '━': '=',
  '─': '-',
  '└': '`',
  '●': 'o',
  '│': '|',
  '┤': '|',
  '▲': '^',
  '▁': '_',
  '▂': '.',
  '▃': '-',
  '▄': '~',
  '▅': '=',
  '▆': '+',
  '▇': '*',
  '█': '#',
}

/** The text for a terminal that shows nothing but ASCII, as far as Squall's own words go. */
export function toAscii(text: string): string {
  return text.replace(/[✓✗→–…·×÷µ’━─└●│┤▲▁-█]/gu, (character) => substitutes[character]!)
}

/** Can the terminal show more than ASCII? All of today's can, but for the Linux console and old Windows ones. */
export function useUnicode(
  env: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
): boolean {
  if (platform === 'win32') return env.WT_SESSION !== undefined || env.TERM_PROGRAM === 'vscode'
  return env.TERM !== 'linux'
}
