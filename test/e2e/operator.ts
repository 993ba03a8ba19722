import { createHash } from 'node:crypto'
import { nkeys } from 'nats'

type Keys = ReturnType<typeof nkeys.createUser>

/** What a nats-server in operator mode is configured with, and the credentials of a user who may use JetStream (ADR-14). */
export function makeOperator(): { readonly config: string; readonly credentials: string } {
  const [operator, system, account, user] = [
    nkeys.createOperator(),
    nkeys.createAccount(),
    nkeys.createAccount(),
    nkeys.createUser(),
  ]
  const limits = { subs: -1, data: -1, payload: -1, imports: -1, exports: -1, wildcards: true, conn: -1, leaf: -1 }
  const jetstream = { mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 }
  const operatorClaims = { type: 'operator', version: 2, system_account: system.getPublicKey() }
  const systemToken = token(operator, system, { type: 'account', version: 2, limits })
  const accountToken = token(operator, account, { type: 'account', version: 2, limits: { ...limits, ...jetstream } })
  const userToken = token(account, user, { type: 'user', version: 2, subs: -1, data: -1, payload: -1 })
  const seed = new TextDecoder().decode(user.getSeed())
  return {
    config: `operator: ${token(operator, operator, operatorClaims)}
system_account: ${system.getPublicKey()}
resolver: MEMORY
resolver_preload: { ${system.getPublicKey()}: ${systemToken}, ${account.getPublicKey()}: ${accountToken} }
`,
    credentials: `-----BEGIN NATS USER JWT-----\n${userToken}\n------END NATS USER JWT------

-----BEGIN USER NKEY SEED-----\n${seed}\n------END USER NKEY SEED------
`,
  }
}

function token(issuer: Keys, subject: Keys, nats: object): string {
  const claims = { iss: issuer.getPublicKey(), sub: subject.getPublicKey(), name: 'test', iat: 1_700_000_000, nats }
  const jti = createHash('sha256').update(JSON.stringify(claims)).digest('hex')
  const signed = [
    { typ: 'JWT', alg: 'ed25519-nkey' },
    { ...claims, jti },
  ]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
  return `${signed}.${Buffer.from(issuer.sign(Buffer.from(signed))).toString('base64url')}`
}
