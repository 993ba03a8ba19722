import { withoutSecrets } from '../topology/index.ts'
import type { Plan } from './plan.ts'

/** What may be shown and kept of a plan: without how clients authenticate, and without values of `--env` that hold it. */
export function planWithoutSecrets(plan: Plan): Plan {
  const { pass, token } = (plan.topology.kind === 'external' && plan.topology.auth) || {}
  const secrets = [pass, token].filter((secret) => secret !== undefined && secret !== '') as string[]
  const isSecret = (value: string) =>
    secrets.some((secret) => value.includes(secret) || decoded(value).includes(secret))
  const env = Object.entries(plan.options.env).map(([name, value]) => [name, isSecret(value) ? '…' : value])
  return {
    ...plan,
    topology: withoutSecrets(plan.topology),
    options: { ...plan.options, env: Object.fromEntries(env) },
  }
}

/** As it is in URLs. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
