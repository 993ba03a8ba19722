import { access, copyFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { runChild } from '../child.ts'
import type { Step } from './step.ts'

const timeoutMs = 180_000

/**
 * The distribution's package, unpacked into the cache. It is not installed where that can be helped: that would start it as
 * a service on the very ports tests use, and put an old version before the cache on PATH.
 */
export const debianStep: Step = {
  id: 'debian',
  name: "Debian's package",
  async run({ binary, target, folder, offline, signal, log }) {
    const { debian } = binary
    if (!debian) throw new Error(`Debian has no package of ${binary.name}`)
    if (offline) throw new Error('offline')
    if (process.getuid?.() !== 0) throw new Error('needs root')
    const options = { timeout: timeoutMs, signal, cwd: folder }
    const get = debian.install
      ? () => runChild('apt-get', ['-qq', 'install', '--yes', '--no-install-recommends', debian.package], options)
      : () => runChild('apt-get', ['-qq', 'download', debian.package], options)
    // A fresh container has no package lists yet.
    await get().catch(async () => {
      await runChild('apt-get', ['-qq', 'update'], options)
      await get()
    })
    if (debian.install) {
      await copyFile(await installedProgram(binary.name), target)
      return
    }
    const archive = (await readdir(folder)).find((file) => file.endsWith('.deb'))
    if (!archive) throw new Error('apt-get left no .deb file')
    await runChild('dpkg-deb', ['--extract', archive, 'unpacked'], options)
    const files = await readdir(join(folder, 'unpacked'), { recursive: true })
    const program = files.find((file) => /^usr\/s?bin\//.test(file) && file.endsWith(`/${binary.name}`))
    if (!program) throw new Error(`${archive} has no ${binary.name} in it`)
    await copyFile(join(folder, 'unpacked', program), target)
    if (debian.caution) log(`${archive} is years behind ${binary.version}: ${debian.caution}`)
  },
}

/** Where Debian puts programs. */
async function installedProgram(name: string): Promise<string> {
  for (const folder of ['/usr/sbin', '/usr/bin']) {
    const path = join(folder, name)
    const there = await access(path).then(
      () => true,
      () => false,
    )
    if (there) return path
  }
  throw new Error(`apt-get installed no program ${name}`)
}
