import { type Kind, maxMilliseconds } from './kind.ts'
import { SwallowStage } from './swallow.ts'

/** Milliseconds. 0 never closes: a black hole. */
export type TimeoutAttributes = { readonly timeout: number }

class TimeoutStage extends SwallowStage<TimeoutAttributes> {
  protected override readonly ending = 'close'

  protected override after(): number | undefined {
    return this.attributes.timeout || undefined
  }
}

export const timeout: Kind<TimeoutAttributes> = {
  goName: 'TimeoutToxic',
  ranges: { timeout: { min: 0, max: maxMilliseconds } },
  stage: (attributes, host) => new TimeoutStage(attributes, host),
}
