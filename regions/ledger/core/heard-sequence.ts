/** A source's own counter as far as it was heard: inclusive ranges in order, flat, `[1, 5, 8, 9]` is 1 to 5 and 8 to 9. */
export type HeardSequence = number[]

/** Beyond so many the oldest hole is taken as heard: a source that counts in leaps has no holes worth telling. */
const RANGES_MAX = 256

/** Facts come in any order: what is left missing does not depend on it. */
export function hear(heard: HeardSequence, sequence: number): void {
  const end = heard.length - 1
  if (end > 0 && sequence === heard[end]! + 1) {
    heard[end] = sequence
    return
  }
  let at = end + 1 // behind the ranges that start at or before it
  while (at > 0 && heard[at - 2]! > sequence) at -= 2
  if (at > 0 && sequence <= heard[at - 1]!) return
  const joinsBefore = at > 0 && heard[at - 1]! + 1 === sequence
  const joinsAfter = heard[at] === sequence + 1
  if (joinsBefore && joinsAfter) heard.splice(at - 1, 2)
  else if (joinsBefore) heard[at - 1] = sequence
  else if (joinsAfter) heard[at] = sequence
  else heard.splice(at, 0, sequence, sequence)
  if (heard.length > 2 * RANGES_MAX) heard.splice(1, 2)
}

/** What lies between the first and the last that was heard, and was not: the newest holes first. */
export function missingOf(heard: HeardSequence, atMost: number): { from: number; to: number }[] {
  const missing: { from: number; to: number }[] = []
  for (let at = heard.length - 2; at > 0 && missing.length < atMost; at -= 2)
    missing.push({ from: heard[at - 1]! + 1, to: heard[at]! - 1 })
  return missing
}
