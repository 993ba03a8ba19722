import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { withLock } from '../binaries/index.ts'
import { UserError } from '../errors.ts'
import { fileError, requirePlace } from '../report/index.ts'

/**
 * Runs `body` as the only duel in `folder`, which is made: two at once would load the machine that both measure, and each
 * would forget the other's runs.
 *
 * @throws UserError when another one is there, and for what the system does not allow in the folder
 */
export async function aloneIn<T>(folder: string, body: () => Promise<T>): Promise<T> {
  const onWait = (pid: number) => {
    throw new UserError(`Another squall duel, process ${pid}, is at work in ${folder}.`, {
      hint: 'Wait for it or end it; then the same command goes on from there.',
    })
  }
  try {
    await requirePlace(join(folder, 'state.json'))
    await mkdir(folder, { recursive: true })
    return await withLock(join(folder, '.lock'), body, { onWait }).catch((error: NodeJS.ErrnoException) => {
      // The lock is a hard link. Where the file system has none, nothing but the reader's care keeps a second one out.
      if (error.syscall === 'link') return body()
      throw error
    })
  } catch (error) {
    if (error instanceof UserError || (error as NodeJS.ErrnoException).code === undefined) throw error
    throw fileError('The duel can not go on in', folder, error, 'Choose another folder with --out, or mend this one.')
  }
}
