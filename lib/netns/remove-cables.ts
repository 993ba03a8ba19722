import { readdir } from 'node:fs/promises'
import { cablePrefix } from './cables.ts'
import { runTool } from './tool.ts'

/**
 * Removes what a run has left of its cables on this machine; their other ends go with them. `ip` is the program's path.
 * Never rejects; safe to call twice.
 */
export async function removeCables(runId: string, ip: string): Promise<void> {
  const left = (await readdir('/sys/class/net').catch(() => [])).filter((name) => name.startsWith(cablePrefix(runId)))
  if (left.length === 0) return
  // All that can be: one may have gone by itself meanwhile.
  await runTool([ip, '-force', '-batch', '-'], left.map((name) => `link delete ${name}\n`).join('')).catch(() => {})
}
