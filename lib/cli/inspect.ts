import { rm } from 'node:fs/promises'
import { Command } from 'commander'
import { createRunDir } from '../run/index.ts'
import { describePlan, loadPlan, planWithoutSecrets } from '../script/index.ts'
import { addPlanOptions, type PlanFlags, planOptionsFrom } from './plan-options.ts'

/** `squall inspect script.ts`: the plan, without starting anything. */
export function inspectCommand(): Command {
  const command = new Command('inspect')
    .description("print a script's plan: what it starts, its phases, the timeline of its faults")
    .argument('<script>', 'the scenario script')
    .option('--json', 'the whole plan as JSON')
  return addPlanOptions(command).action(async (script: string, flags: PlanFlags & { json?: boolean }) => {
    const outDir = await createRunDir()
    try {
      const { plan } = await loadPlan(script, { ...planOptionsFrom(flags), outDir })
      process.stdout.write(
        flags.json ? `${JSON.stringify(planWithoutSecrets(plan), undefined, 2)}\n` : describePlan(plan),
      )
    } finally {
      await rm(outDir, { recursive: true, force: true })
    }
  })
}
