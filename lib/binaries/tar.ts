const blockSize = 512

/**
 * Content of the first regular file in a tar archive whose base name is `member`; undefined when there is none.
 * Reads ustar headers (POSIX.1-1988) and passes over the rest: enough for release archives, whose hash is known
 * before they are read.
 */
export function readTarMember(tar: Buffer, member: string): Buffer | undefined {
  let offset = 0
  while (offset + blockSize <= tar.length) {
    const name = text(tar, offset, 100)
    if (name === '') return undefined
    const size = Number.parseInt(text(tar, offset + 124, 12), 8)
    if (Number.isNaN(size)) return undefined
    const type = text(tar, offset + 156, 1)
    const start = offset + blockSize
    const isFile = type === '0' || type === ''
    if (isFile && name.split('/').at(-1) === member) return tar.subarray(start, start + size)
    offset = start + Math.ceil(size / blockSize) * blockSize
  }
  return undefined
}

/** A NUL-terminated field. */
function text(tar: Buffer, offset: number, length: number): string {
  const field = tar.toString('latin1', offset, offset + length)
  const end = field.indexOf('\0')
  return end === -1 ? field : field.slice(0, end)
}
