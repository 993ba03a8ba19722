import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { runChild } from '../child.ts'
import type { Step } from './step.ts'

/** A cold build of nats-server takes under a minute on two cores; a Go toolchain may have to be fetched before it. */
const timeoutMs = 600_000

/** Builds the pinned module; Go checks its hash against the public checksum database. */
export const goInstallStep: Step = {
  id: 'go',
  name: 'go install',
  async run({ binary, target, folder, offline, signal, log }) {
    if (!binary.go) throw new Error(`${binary.name} is not written in Go`)
    const { package: package_, program, ldflags } = binary.go
    const pinned = `${package_}@v${binary.version}`
    log(`building ${pinned}, which can take some minutes`)
    const env = {
      ...process.env,
      GOBIN: folder,
      GOTMPDIR: folder,
      GOFLAGS: '-trimpath',
      CGO_ENABLED: '0',
      // Offline a build still succeeds when the module cache holds all it needs.
      ...(offline ? { GOPROXY: 'off', GOTOOLCHAIN: 'local' } : {}),
    }
    await runChild('go', ['install', '-ldflags', ldflags, pinned], { timeout: timeoutMs, signal, env, cwd: folder })
    await rename(join(folder, program), target)
  },
}
