/** Text that is HTML already. */
export interface Markup {
  readonly html: string
}

export type Content = Markup | string | number | undefined | false | readonly Content[]

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** A template whose inserted texts are shown and never run, also inside quoted attributes; lists are joined. */
export function html(parts: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  return { html: parts.reduce((text, part, index) => text + render(contents[index - 1]) + part) }
}

/** For what was made as HTML, CSS or a script by Squall itself. */
export function raw(text: string): Markup {
  return { html: text }
}

/** JSON for a script element: `<` is what could end it. */
export function json(data: unknown): Markup {
  return { html: JSON.stringify(data).replaceAll('<', '\\u003c') }
}

function render(content: Content): string {
  if (content === undefined || content === false) return ''
  if (typeof content === 'string' || typeof content === 'number') return escaped(String(content))
  if ('html' in content) return content.html
  return content.map(render).join('')
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character]!)
}
