import type { Load, SetupContext, TeardownContext } from './iteration.ts'

/** What the generator needs of a bundled script. */
export interface ScriptModule {
  readonly load?: Load
  readonly default?: Load
  readonly setup?: (context: SetupContext) => unknown
  readonly teardown?: (context: TeardownContext) => unknown
  readonly verifyState?: (context: TeardownContext) => unknown
  readonly consumers?: readonly { readonly handler?: unknown }[]
}
