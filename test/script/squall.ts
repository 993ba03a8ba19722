import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export const root = fileURLToPath(new URL('../..', import.meta.url))
export const run = promisify(execFile)

/** Runs the program that users get, which `npm test` builds first, in a folder that its temporary folders go to as well. */
export async function squall(cwd: string, ...args: readonly string[]) {
  const program = join(root, 'dist/lib/cli/main.js')
  try {
    const env = { ...process.env, TMPDIR: cwd }
    const { stdout, stderr } = await run(process.execPath, [program, ...args], { cwd, env, timeout: 150_000 })
    return { code: 0, stdout, stderr }
  } catch (error) {
    return error as { code: number; stdout: string; stderr: string }
  }
}
