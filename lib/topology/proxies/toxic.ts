import type { ICreateToxicBody, Proxy as ToxiproxyProxy } from 'toxiproxy-node-client'
import { controlCall } from './control-call.ts'

/** A toxic as Toxiproxy's API takes it. */
export interface ToxicSpec {
  readonly name: string
  readonly type: string
  readonly stream: 'upstream' | 'downstream'
  readonly toxicity: number
  readonly attributes: Readonly<Record<string, number>>
}

/** Adds a toxic and reads it back: an answer alone proves nothing. Rejects when it is not as it should be. */
export async function addToxic(proxy: ToxiproxyProxy, toxic: ToxicSpec): Promise<void> {
  const what = `add toxic ${toxic.name} (${toxic.type})`
  // The client's types know the toxics' attributes only one by one.
  await controlCall(what, proxy.addToxic(toxic as ICreateToxicBody<unknown> as ICreateToxicBody<never>))
  const read = await controlCall(`${what}, read back`, proxy.getToxic<ToxicSpec['attributes']>(toxic.name))
  const isSame =
    read.type === toxic.type &&
    read.stream === toxic.stream &&
    Object.entries(toxic.attributes).every(([key, value]) => read.attributes[key] === value)
  if (!isSame) throw new Error(`${what}: it reads back as ${JSON.stringify(read.toJson())}`)
}
