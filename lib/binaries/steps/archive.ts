import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { fetchReasonOf } from '../../errors.ts'
import { hostPlatform } from '../binary.ts'
import { readTarMember } from '../tar.ts'
import type { Step } from './step.ts'

const timeoutMs = 120_000
/** Six times the largest known archive: what is not the archive should not fill the memory before its hash says so. */
const maxBytes = 128 * 1024 * 1024

/** The project's own release archive, used only if it is the very file that was pinned. */
export const archiveStep: Step = {
  id: 'archive',
  name: 'official release archive',
  async run({ binary, target, offline, signal }) {
    const archive = binary.archives[hostPlatform]
    if (!archive) throw new Error(`no archive of ${binary.version} with a pinned sha256 for ${hostPlatform}`)
    if (offline) throw new Error('offline')
    const packed = await download(archive.url, signal)
    const sha256 = createHash('sha256').update(packed).digest('hex')
    if (sha256 !== archive.sha256) {
      throw new Error(`${archive.url} has sha256 ${sha256}, not the pinned ${archive.sha256}`)
    }
    const program = readTarMember(await promisify(gunzip)(packed), archive.member)
    if (!program) throw new Error(`${archive.url} has no ${archive.member} in it`)
    await writeFile(target, program)
  },
}

async function download(url: string, signal: AbortSignal | undefined): Promise<Buffer> {
  const timeout = AbortSignal.timeout(timeoutMs)
  try {
    const response = await fetch(url, { signal: signal ? AbortSignal.any([signal, timeout]) : timeout })
    if (!response.ok || !response.body) throw new Error(`HTTP ${response.status}`)
    const chunks: Uint8Array[] = []
    let bytes = 0
    for await (const chunk of response.body) {
      bytes += chunk.length
      if (bytes > maxBytes) throw new Error(`more than ${maxBytes} bytes`)
      chunks.push(chunk)
    }
    return Buffer.concat(chunks)
  } catch (error) {
    signal?.throwIfAborted()
    throw new Error(`${url}: ${fetchReasonOf(error)}`, { cause: error })
  }
}
