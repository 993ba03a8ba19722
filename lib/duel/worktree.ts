import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, realpath, rm, symlink } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { UserError } from '../errors.ts'

/** The commit that a name stands for in the git repository around `script`. @throws UserError when there is none. */
export async function commitOf(script: string, ref: string): Promise<string> {
  const cwd = dirname(await realpath(script))
  await topOf(cwd, script)
  const commit = await git(cwd, 'rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`)
  if (commit === undefined) throw new UserError(`ref=${ref} is no commit of the git repository around ${script}`)
  return commit
}

/**
 * Checks the script's repository out at a commit, with the `node_modules` that are there now, and says where the script is in
 * it. `end` takes it away again.
 *
 * @throws UserError when git can't, or the script was not there at that commit.
 */
export async function checkOut(
  script: string,
  commit: string,
  folder: string,
): Promise<{ readonly script: string; readonly end: () => Promise<void> }> {
  const real = await realpath(script)
  const top = await topOf(dirname(real), script)
  const end = async () => {
    await git(top, 'worktree', 'remove', '--force', folder)
    await rm(folder, { recursive: true, force: true })
    await git(top, 'worktree', 'prune')
  }
  // Of a duel that was killed.
  await end()
  await mkdir(dirname(folder), { recursive: true })
  const made = await git(top, 'worktree', 'add', '--detach', folder, commit)
  if (made === undefined) throw new UserError(`git could not check ${commit} out into ${folder}`)
  const path = relative(top, real)
  const there = join(folder, path)
  if (!existsSync(there)) {
    await end()
    throw new UserError(`${path} was not there at ${commit.slice(0, 12)}`)
  }
  for (let at = dirname(real); at.startsWith(top); at = dirname(at)) {
    const [modules, place] = [join(at, 'node_modules'), join(folder, relative(top, at), 'node_modules')]
    if (existsSync(modules) && !existsSync(place)) await symlink(modules, place)
  }
  return { script: there, end }
}

async function topOf(folder: string, script: string): Promise<string> {
  const top = await git(folder, 'rev-parse', '--show-toplevel')
  if (top === undefined) throw new UserError(`${script} is in no git repository that git can read, so it has no ref`)
  return top
}

function git(cwd: string, ...args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile('git', args, { cwd }, (error, stdout) => resolve(error ? undefined : stdout.trim()))
  })
}
