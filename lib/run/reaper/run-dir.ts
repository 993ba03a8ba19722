import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UserError } from '../../errors.ts'

/** A run's own temporary folder, for its owner only; the reaper removes it. Throws a {@link UserError}. */
export async function createRunDir(): Promise<string> {
  try {
    return await mkdtemp(join(tmpdir(), 'squall-'))
  } catch (error) {
    const { message } = error as Error
    throw new UserError(`no temporary folder could be made in ${tmpdir()}: ${message}`, {
      cause: error,
      hint: 'TMPDIR names the folder to use',
    })
  }
}
