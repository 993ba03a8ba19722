import { UserError } from '../errors.ts'

/** What a system error means to someone who wanted a file read or written. */
const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left on the disk',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would be larger than is allowed here',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EEXIST: 'a part of the path is a file, not a folder',
  ENOENT: 'there is no such file',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'its symbolic links go round in circles',
  EMFILE: 'too many files are open',
  EIO: 'the disk failed',
}

/** `The report could not be written to out/run.json: no space left on the disk (ENOSPC).` */
export function fileError(what: string, path: string, cause: unknown, hint: string): UserError {
  const { code, message } = cause as NodeJS.ErrnoException
  const reason = code === undefined ? message : `${reasons[code] ?? message} (${code})`
  return new UserError(`${what} ${path}: ${reason}.`, { cause, hint })
}
