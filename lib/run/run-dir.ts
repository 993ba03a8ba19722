import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A run's own temporary folder, for its owner only; the reaper removes it. */
export function createRunDir(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'squall-'))
}
