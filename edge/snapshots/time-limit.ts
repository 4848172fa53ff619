/** Real D1 stalls for seconds now and then; by then a reader has long been answered from what the isolate holds. */
export const STORE_WAIT_MS_MAX = 800

/**
 * The promise, or a rejection when it takes too long. Each caller brings its own timer: when requests share one flight
 * and the one that started it is cut off, the others still end.
 */
export async function withinMs<T>(promise: Promise<T>, limitMs: number, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${limitMs} ms`)), limitMs)
  })
  try {
    return await Promise.race([promise, limit])
  } finally {
    if (timer !== undefined) clearTimeout(timer)
  }
}
