import { toJsonSchema } from '@valibot/to-json-schema'
import { reportVersion } from './schema.ts'
import { reportShape } from './shape.ts'

/**
 * JSON Schema (draft 7) of report.json, made of the very shape by which reports are checked when they are read. It says
 * what outputs rely on and lets more through, as that does.
 */
export function reportJsonSchema(): object {
  return {
    ...toJsonSchema(reportShape, { target: 'draft-07', ignoreActions: ['check'] }),
    title: 'Squall report',
    description: `What is known of a run of Squall, report version ${reportVersion}. Times are milliseconds, most from the start of the load; sizes are bytes.`,
  }
}
