import { type Kind, maxMilliseconds } from './kind.ts'
import { SwallowStage } from './swallow.ts'

/** Milliseconds until the RST. 0: at once. */
export type ResetPeerAttributes = { readonly timeout: number }

class ResetPeerStage extends SwallowStage<ResetPeerAttributes> {
  protected override readonly ending = 'reset'

  protected override after(): number {
    return this.attributes.timeout
  }
}

export const resetPeer: Kind<ResetPeerAttributes> = {
  goName: 'ResetToxic',
  ranges: { timeout: { min: 0, max: maxMilliseconds } },
  stage: (attributes, host) => new ResetPeerStage(attributes, host),
}
