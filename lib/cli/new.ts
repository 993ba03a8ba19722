import { writeFile } from 'node:fs/promises'
import { relative, resolve } from 'node:path'
import { Command, Option } from 'commander'
import { UserError } from '../errors.ts'
import { templateNames, templates } from '../script/templates/index.ts'

interface NewFlags {
  readonly template: (typeof templateNames)[number]
  readonly force?: boolean
}

/** `squall new NAME`: a commented script that runs as it is. */
export function newCommand(): Command {
  return new Command('new')
    .description('write a scenario script that runs as it is')
    .argument('<name>', 'file to write; .ts is added unless it ends in it, or in .js')
    .addOption(new Option('--template <which>', 'what it shows').choices(templateNames).default('jetstream'))
    .option('--force', 'overwrite a file that is there')
    .action(async (name: string, { template, force }: NewFlags) => {
      if (name === '') throw new UserError('the name is ""; it must be that of a file, such as "orders"')
      const path = resolve(/\.[cm]?[jt]s$/.test(name) ? name : `${name}.ts`)
      const shown = relative(process.cwd(), path)
      await writeFile(path, templates[template], { flag: force ? 'w' : 'wx' }).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'EEXIST')
          throw new UserError(`${shown} is there already; choose another name, or use --force`)
        throw new UserError(`${shown} could not be written: ${error.message}`)
      })
      process.stdout.write(`wrote ${shown}\nnext: squall run ${shown}\n`)
    })
}
