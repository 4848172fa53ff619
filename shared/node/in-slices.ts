/** Whoever asks something meanwhile waits no longer than this. */
const SLICE_MS = 0.25
/** A turn of the others that took longer had something to do, and what they were asked meanwhile is waiting already. */
const BUSY_MS = 0.05
/** So long they go first; then it is our turn again whatever they have to do: a fifth of the time at least. */
const REST_MS_MAX = 4 * SLICE_MS

/** Runs steps to their end, a fraction of a millisecond at a stretch: between two stretches everything else has its turns. */
export async function inSlices<T>(steps: Generator<unknown, T>): Promise<T> {
  for (;;) {
    const until = performance.now() + SLICE_MS
    do {
      const step = steps.next()
      if (step.done) return step.value
    } while (performance.now() < until)
    await othersFirst()
  }
}

async function othersFirst(): Promise<void> {
  const since = performance.now()
  for (let turnAt = since, now = since; now - since < REST_MS_MAX; turnAt = now) {
    await new Promise((resolve) => setImmediate(resolve))
    now = performance.now()
    if (now - turnAt < BUSY_MS) return
  }
}
