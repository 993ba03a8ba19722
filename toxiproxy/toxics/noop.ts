import type { Kind } from './kind.ts'
import { Stage } from './stage.ts'

export type NoopAttributes = Record<string, never>

export const noop: Kind<NoopAttributes> = {
  goName: 'NoopToxic',
  ranges: {},
  stage: (attributes, host) => new Stage(attributes, host),
}
