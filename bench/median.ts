/** The value that so great a share of the others does not pass. */
export const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))]!

export const median = (values: readonly number[]): number => quantile(values, 0.5)

/** The median of the ratios turn by turn: what slows a turn slows both of its sides. */
export const ratioOf = (values: readonly number[], floors: readonly number[]): number =>
  median(values.map((value, turn) => value / floors[turn]!))
