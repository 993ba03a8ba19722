import { compareVersions } from './version.ts'

export type BinaryName = 'nats-server' | 'toxiproxy-server' | 'haproxy'

/** As Node names it: `linux-x64`, `darwin-arm64`. */
// Spelled out: a user's project that type-checks these declarations may be without @types/node.
export type Platform = `${'linux' | 'darwin' | 'win32' | 'freebsd'}-${'x64' | 'arm64'}`

export const hostPlatform = `${process.platform}-${process.arch}` as Platform

/** A release asset of the project itself. Without a pinned hash an archive is never used, so there is no entry for it. */
export interface Archive {
  readonly url: string
  /** Of the archive, in lower-case hex. */
  readonly sha256: string
  /** Base name of the program inside the `.tar.gz`. */
  readonly member: string
}

/** A program of somebody else that Squall runs: how to find, recognise and get it. */
export interface Binary {
  readonly name: BinaryName
  /** The version Squall is built and tested with, and the one it acquires. */
  readonly version: string
  /** Whether every run needs it. Without an optional one… */
  readonly required: boolean
  /** … this is so. */
  readonly without?: string
  readonly option: string
  readonly variable: string
  /** Names it goes by on PATH. */
  readonly programs: readonly string[]
  readonly versionArgs: readonly string[]
  /** The version in what it prints for `versionArgs`, without a leading `v`; undefined if another program answered. */
  parseVersion(output: string): string | undefined
  readonly archives: Readonly<Partial<Record<Platform, Archive>>>
  /** Of a program in Go. */
  readonly go?: {
    readonly package: string
    /** Name that `go install` gives the program: the last element of its package path. */
    readonly program: string
    readonly ldflags: string
  }
  /** Name and version of Debian's package, where there is one. */
  readonly debian?: {
    readonly package: string
    readonly version: string
    /** It needs libraries of the distribution's, so that it must be installed; else unpacking it is enough. */
    readonly install?: boolean
    /** What to keep in mind of a version so old. */
    readonly caution?: string
  }
}

const natsServer: Binary = {
  name: 'nats-server',
  version: '2.15.2',
  required: true,
  option: '--nats-server',
  variable: 'SQUALL_NATS_SERVER',
  programs: ['nats-server'],
  versionArgs: ['--version'],
  parseVersion: (output) => /^nats-server: v(\S+)/m.exec(output)?.[1],
  // To add one: its line in the release's SHA256SUMS. None of 2.15.2's could be read when this was pinned.
  archives: {},
  go: { package: 'github.com/nats-io/nats-server/v2', program: 'nats-server', ldflags: '-w' },
  debian: {
    package: 'nats-server',
    version: '2.9.10',
    caution: 'options are missing and its clustering has known bugs',
  },
}

const toxiproxyServer: Binary = {
  name: 'toxiproxy-server',
  version: '2.12.0',
  required: false,
  without: 'runs use the embedded Toxiproxy without it',
  option: '--toxiproxy-server',
  variable: 'SQUALL_TOXIPROXY_SERVER',
  programs: ['toxiproxy-server', ...releaseProgram('toxiproxy-server')],
  versionArgs: ['-version'],
  // A build without its release's ldflags calls itself `git`.
  parseVersion: (output) => /^toxiproxy-server version v?(\S+)/m.exec(output)?.[1],
  archives: {
    'linux-x64': toxiproxyArchive('linux_amd64', '65e042d3fc2290c099527bc506446a6fd863a09f113b8944b636ece70221c2b3'),
    'linux-arm64': toxiproxyArchive('linux_arm64', 'ab417dafc77ae8b54ec8461cc5da5180d0465a61dcbda86c72da72ee4ab843b7'),
    'darwin-x64': toxiproxyArchive('darwin_amd64', '52ac1f99d7204b4b523f910b791bc86318b50ef94822c79a6157606704003ced'),
    'darwin-arm64': toxiproxyArchive(
      'darwin_arm64',
      'cece3905c06ad84d6b3bb4cd024c344e6466736b2a8cbaf9ef4fe45e62aba9b2',
    ),
  },
  go: {
    package: 'github.com/Shopify/toxiproxy/v2/cmd/server',
    program: 'server',
    ldflags: '-s -w -X github.com/Shopify/toxiproxy/v2.Version=2.12.0',
  },
}

const haproxy: Binary = {
  name: 'haproxy',
  version: '2.6.12',
  required: false,
  without: 'only scripts with services behind HAProxy need it',
  option: '--haproxy',
  variable: 'SQUALL_HAPROXY',
  programs: ['haproxy'],
  versionArgs: ['-v'],
  parseVersion: (output) => /^HAProxy version (\d[\w.]*)/m.exec(output)?.[1],
  // The project publishes sources alone.
  archives: {},
  debian: { package: 'haproxy', version: '2.6.12', install: true },
}

export const binaries: Readonly<Record<BinaryName, Binary>> = {
  'nats-server': natsServer,
  'toxiproxy-server': toxiproxyServer,
  haproxy,
}

export const binaryNames = Object.keys(binaries) as readonly BinaryName[]

/** Everything a user can do about a missing binary, one way a line. */
export function waysOut(binary: Binary): string {
  const { name, version, option, variable } = binary
  return [
    `  1. squall setup --only ${name}: gets ${binary.archives[hostPlatform] || binary.go ? version : 'it'} into Squall's cache`,
    `  2. ${variable}=/path/to/${name}, or ${option} /path/to/${name}: uses one you have`,
    `  3. put one on PATH: ${installs(binary).join(', or ')}`,
  ].join('\n')
}

function installs({ name, version, go, debian }: Binary): string[] {
  const fromGo = go && [
    `go install ${go.package}@v${version}`,
    ...(go.program === name ? [] : [`rename it to ${name}`]),
  ]
  const age = debian?.caution ? `${debian.version}, old` : debian?.version
  return [...(fromGo ? [fromGo.join(' and ')] : []), ...(debian ? [`apt-get install ${debian.package} (${age})`] : [])]
}

/** Whether `version` is older than what Squall is tested with; unknown spellings (`git`) are not. */
export function isOlderThanPinned(binary: Binary, version: string): boolean {
  return /^\d/.test(version) && compareVersions(version, binary.version) < 0
}

/** The bare release asset, as people download and keep it: `toxiproxy-server-linux-amd64`. */
function releaseProgram(name: string): string[] {
  const arch: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' }
  const suffix = arch[process.arch]
  return suffix ? [`${name}-${process.platform}-${suffix}`] : []
}

function toxiproxyArchive(target: string, sha256: string): Archive {
  const url = `https://github.com/Shopify/toxiproxy/releases/download/v2.12.0/toxiproxy_2.12.0_${target}.tar.gz`
  return { url, sha256, member: 'toxiproxy-server' }
}
