/** What an output shows: its tables cell by cell, and all the text that is in none of them. */
export interface Shown {
  readonly tables: readonly ShownTable[]
  /** In one line. */
  readonly prose: string
}

/** By the title of its first column, or its caption where that says more. */
export interface ShownTable {
  readonly name: string
  readonly titles: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** A page as who has no script and no eyes gets it: with the labels of its charts, without what only they are drawn from. */
export function shownOnPage(page: string): Shown {
  const text = page.replace(/<(script|style)\b.*?<\/\1>/gs, '')
  const table = /<table>\s*<caption>(.*?)<\/caption>(.*?)<\/table>/gs
  const tables = [...text.matchAll(table)].map(([, caption, body]) => {
    const [titles = [], ...rows] = [...body!.matchAll(/<tr>(.*?)<\/tr>/gs)].map(([, row]) =>
      [...row!.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/gs)].map(([, cell]) => plain(cell!)),
    )
    return { name: titles[0] === 'latency' ? plain(caption!) : titles[0]!, titles, rows }
  })
  const prose = text
    .replace(table, '')
    .replace(/<[^>]*aria-label="([^"]*)"[^>]*>/g, ' $1 ')
    .replace(/<\/?(?!span)\w[^>]*>/g, ' ')
  return { tables, prose: oneLine(plain(prose)) }
}

export function shownInMarkdown(text: string): Shown {
  const table = /^(?:\|.*\n)+/gm
  const tables = [...text.matchAll(table)].map(([lines]) => {
    const [titles = [], , ...rows] = lines
      .trimEnd()
      .split('\n')
      .map((line) =>
        line
          .split(/(?<!\\)\|/)
          .slice(1, -1)
          .map((cell) => unescaped(cell.trim())),
      )
    return { name: titles[0]!, titles, rows }
  })
  return { tables, prose: oneLine(unescaped(text.replace(table, ''))) }
}

export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}

function plain(html: string): string {
  return html
    .replace(/<[^>]+>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#34;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
}

function unescaped(markdown: string): string {
  return markdown.replace(/\\(.)/g, '$1').replaceAll('@\u200b', '@')
}
