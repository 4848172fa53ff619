/** Asks until it is so; a question that fails counts as no. */
export async function eventually(
  isSo: () => Promise<boolean>,
  withinMs = 10_000,
  everyMs = 25,
): Promise<void> {
  const until = performance.now() + withinMs
  for (;;) {
    if (await isSo().catch(() => false)) return
    if (performance.now() > until)
      throw new Error(`it did not come true within ${withinMs} ms: ${isSo.toString()}`)
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
}
