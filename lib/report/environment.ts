import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { arch, cpus, hostname, platform, release, totalmem } from 'node:os'
import type { BuildRecord, EnvironmentRecord } from './schema.ts'

const gitTimeoutMs = 3_000

/** The machine and the programs that the run was made with. */
export function readEnvironment(): Omit<EnvironmentRecord, 'driver' | 'firewall'> {
  const processors = cpus()
  return {
    squall: squallVersion(),
    node: process.version,
    os: platform(),
    arch: arch(),
    kernel: release(),
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryBytes: totalmem(),
    hostname: hostname(),
    ci: isSet(process.env.CI) || isSet(process.env.CONTINUOUS_INTEGRATION) || isSet(process.env.BUILD_NUMBER),
  }
}

/**
 * What was under test: `label`, else the short commit of the git repository around `cwd`, else `unknown`. Says nothing
 * of git where there is no repository, no commit, no `git`, or no answer within 3 seconds.
 */
export async function readBuild({ label, cwd }: { label?: string; cwd: string }): Promise<BuildRecord> {
  const [commit, changes] = await Promise.all([
    git(cwd, 'rev-parse', '--verify', 'HEAD'),
    // As `git describe --dirty` does: a stray new file does not make a build another one.
    git(cwd, 'status', '--porcelain', '--untracked-files=no'),
  ])
  return {
    label: label ?? commit?.slice(0, 7) ?? 'unknown',
    ...(commit !== undefined && { commit }),
    ...(commit !== undefined && changes !== undefined && { dirty: changes !== '' }),
  }
}

function git(cwd: string, ...args: string[]): Promise<string | undefined> {
  // Without optional locks `status` does not write to the repository.
  const env = { ...process.env, GIT_OPTIONAL_LOCKS: '0' }
  return new Promise((resolve) => {
    execFile('git', args, { cwd, env, timeout: gitTimeoutMs, killSignal: 'SIGKILL' }, (error, stdout) => {
      resolve(error ? undefined : stdout.trim())
    })
  })
}

function squallVersion(): string {
  // A package may ask for itself by its name, from lib/ and from dist/ alike.
  const { version } = createRequire(import.meta.url)('squall/package.json') as { version: string }
  return version
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== 'false' && value !== '0'
}
