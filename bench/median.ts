export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1]!

/** The median of the ratios turn by turn: what slows a turn slows both of its sides. */
export const ratioOf = (values: readonly number[], floors: readonly number[]): number =>
  median(values.map((value, turn) => value / floors[turn]!))
