import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'

/** A program as it is started: a path is from `folder`, a bare name is looked for on PATH when it is. */
export function programPath(program: string, folder: string | undefined): string {
  return folder !== undefined && program.includes('/') ? resolve(folder, program) : program
}

/** What stands against starting a program, to be said after its name; undefined when nothing does. */
export function programProblem(program: string, folder: string, path = process.env.PATH ?? ''): string | undefined {
  if (!program.includes('/')) {
    const isThere = path.split(delimiter).some((entry) => entry !== '' && isProgram(join(entry, program)))
    return isThere ? undefined : 'there is no such program on PATH; one beside the script is named "./…"'
  }
  const file = programPath(program, folder)
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return `there is no file ${file}`
  return isProgram(file) ? undefined : `${file} is not executable`
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}
