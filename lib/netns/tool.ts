import { spawn } from 'node:child_process'

const timeoutMs = 10_000

/** Runs a command to its end, gives it something to read, and returns what it printed. @throws Error in one line. */
export function runTool(command: readonly string[], input = ''): Promise<string> {
  const [program, ...args] = command as [string, ...string[]]
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], timeout: timeoutMs, killSignal: 'SIGKILL' })
    let output = ''
    let complaint = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint += text
    })
    child.once('error', reject)
    child.once('close', (code, signal) => {
      if (code === 0) return resolve(output)
      const said = complaint.trim().split('\n')[0] || 'it said nothing'
      reject(new Error(`${program} ended with ${signal ?? `code ${code}`}: ${said}`))
    })
    // It may end before it has read all.
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  })
}
