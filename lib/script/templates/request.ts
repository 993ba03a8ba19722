export const request = `import { type Iteration, type Phase, responder, trend } from 'squall'

// Answers requests; without a handler it would echo them.
export const consumers = [responder('greeter', { subject: 'greet', members: 2, handler: (message) => \`hello \${message.string()}\` })]

// A metric of your own, declared at module level so that thresholds can name it.
const replySize = trend('reply_size', { unit: 'bytes' })

// A closed loop: ten users, each starting again when its reply has come.
export const phases: Phase[] = [{ name: 'users', duration: '10s', vus: 10, thinkTime: '10ms' }]

export const thresholds = {
  request_latency: ['p95 < 100ms'],
  request_success: ['rate > 99.9%'],
  reply_size: ['max < 1KB'],
}

export async function load({ request, check, vu }: Iteration) {
  const result = await request('greet', { payload: \`user \${vu}\`, timeout: '2s' })
  if (check('answered', result.outcome === 'replied') && result.outcome === 'replied') {
    replySize.add(result.message.data.length)
  }
}
`
