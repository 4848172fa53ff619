/** The nearest rank in what is sorted ascending: a value that really was measured. `share` is of 1. */
export const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)]!
