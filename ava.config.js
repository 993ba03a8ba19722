export default {
  files: ['test/**/*.test.ts'],
  extensions: { ts: 'module' },
  nodeArguments: ['--import=tsx'],
  // tsx registers itself in processes, not in worker threads.
  workerThreads: false,
  timeout: '3m',
}
