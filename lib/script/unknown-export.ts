import { relative } from 'node:path'
import type { Sources } from '../call-site.ts'
import { type SourceLocation, UserError } from '../errors.ts'
import { suggest } from '../suggest.ts'
import { frameIn } from './frame.ts'
import { sharedModules } from './shared.ts'

/** An import of a name that a shared module does not have: esbuild leaves those modules, and so this error, to Node. */
export async function unknownExport(error: unknown, sources: Sources, script: string): Promise<UserError | undefined> {
  if (!(error instanceof SyntaxError)) return undefined
  const name = /export named '([^']+)'|[Nn]amed export '([^']+)'/.exec(error.message)?.slice(1).find(Boolean)
  const [module, url] =
    Object.entries(sharedModules)
      .map(([each, urlOf]) => [each, urlOf()] as const)
      .find(([, each]) => error.message.includes(`'${each}'`)) ?? []
  if (name === undefined || url === undefined) return undefined
  const meant = suggest(name, Object.keys((await import(url)) as object))
  const hint = meant ? `; did you mean ${meant}?` : ''
  const place = importOf(name, module!, sources)
  return new UserError(`${module} exports no ${name}${hint}`, {
    cause: error,
    location: { ...place, file: relative(process.cwd(), place?.file ?? script) },
    frame: place && frameIn(sources.get(place.file)!, place, name.length),
  })
}

/** Where the only import of a name from a module is. */
function importOf(name: string, module: string, sources: Sources): SourceLocation | undefined {
  const pattern = new RegExp(`\\bimport\\s*\\{([^}]*?)\\b${name}\\b[^}]*\\}\\s*from\\s*['"]${module}['"]`, 'g')
  const places = [...sources].flatMap(([file, source]) =>
    [...source.matchAll(pattern)].map((match) => {
      const offset = match.index + match[0].indexOf('{') + 1 + match[1]!.length
      const before = source.slice(0, offset).split('\n')
      return { file, line: before.length, column: before.at(-1)!.length + 1 }
    }),
  )
  return places.length === 1 ? places[0] : undefined
}
