import type { Attributes, Stage, StageHost } from './stage.ts'

/** The longest that a Node timer can wait, about 24.8 days. */
export const maxMilliseconds = 2 ** 31 - 1

/** Inclusive bounds of an attribute. All attributes are integers and default to 0. */
export interface Range {
  readonly min: number
  readonly max: number
}

/** A type of toxic. */
export interface Kind<A extends Attributes = Attributes> {
  /** Go's name of the struct, which Toxiproxy's error texts carry. */
  readonly goName: string
  readonly ranges: { readonly [K in keyof A]: Range }
  /** What is wrong with these attributes together, each of them being in its range. */
  conflict?(attributes: A): string | undefined
  stage(attributes: A, host: StageHost): Stage<A>
}
