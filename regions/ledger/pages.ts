/** The pages that hold these, in order: SQLite likes neighbours. */
export function pagesOf(numbers: Iterable<number>, size: number): Int32Array {
  const pages = new Set<number>()
  for (const number of numbers) pages.add(Math.floor(number / size))
  return Int32Array.from(pages).sort()
}
