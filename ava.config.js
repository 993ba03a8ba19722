export default {
  files: ['test/**/*.test.ts'],
  extensions: { ts: 'module' },
  nodeArguments: ['--import=tsx'],
  // tsx registers itself in processes, not in worker threads.
  workerThreads: false,
  // Real servers and timed faults: files that run at once would measure each other.
  concurrency: 1,
  timeout: '3m',
}
