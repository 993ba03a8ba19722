import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'

/** A folder of the test's own, gone when it ends. */
export async function ownFolder(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'squall-test-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  return folder
}
