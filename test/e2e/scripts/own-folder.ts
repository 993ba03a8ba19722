import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The folder of a node of the run that a script is part of, for scripts that meddle with it from outside. */
export async function folderOf(node: string): Promise<string> {
  const [run] = (await readdir(tmpdir())).filter((name) => /^squall-(?!reports)/.test(name))
  return join(tmpdir(), run!, node)
}

/** The process that was started last in a node's folder. */
export async function pidIn(folder: string): Promise<number> {
  const [ports] = await readdir(join(folder, 'ports'))
  return Number(/_(\d+)\.ports$/.exec(ports!)![1])
}
