/** URL of the file that a worker thread starts from: beside this one, in whichever language this one runs. */
export const generatorThread: string = new URL(
  import.meta.url.endsWith('.ts') ? './generator-thread.ts' : './generator-thread.js',
  import.meta.url,
).href
