export default {
  files: ['test/**/*.test.ts'],
  extensions: { ts: 'module' },
  nodeArguments: ['--import=tsx'],
  // tsx registers itself in processes, not in worker threads.
  workerThreads: false,
  // Most of a file's time is spent waiting for faults and servers. Tests assert what is true, not how fast it came, so two may wait at once.
  concurrency: 2,
  timeout: '3m',
}
