import { now } from '../measure/index.ts'

/** Did the promise resolve before the deadline, monotonic ms? Never rejects. */
export async function within(deadline: number, promise: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, Math.max(0, deadline - now()), false)
  })
  const done = promise.then(
    () => true,
    () => false,
  )
  try {
    return await Promise.race([done, late])
  } finally {
    clearTimeout(timer)
  }
}
