/** Whoever asks something meanwhile waits no longer than this. */
const SLICE_MS = 3

/** Runs steps to their end, a few milliseconds at a stretch: between two stretches everything else has its turn. */
export async function inSlices<T>(steps: Generator<unknown, T>): Promise<T> {
  for (;;) {
    const until = performance.now() + SLICE_MS
    do {
      const step = steps.next()
      if (step.done) return step.value
    } while (performance.now() < until)
    await new Promise((resolve) => setImmediate(resolve))
  }
}
