import { controlTotal } from '../refusals.ts'
import { parseWhole } from '../whole-number.ts'
import type { Work } from './work.ts'

/**
 * Whether the lines add up to what the document says they do. A difference means that a line is wrong or missing, and not
 * which, so the whole document waits. `null` stands for a line whose quantity could not be read: it is refused by itself,
 * and nothing can be said of the sum.
 */
export function addsUp(
  work: Work,
  name: string,
  declared: string,
  quantities: readonly (number | null)[],
): boolean {
  if (declared === '') return true
  const total = parseWhole(declared, `${work.where}, ${name}`)
  if (!total.ok) {
    work.draft.refusals.push(total.error)
    return false
  }
  if (quantities.includes(null)) {
    work.draft.warnings.push(`${work.where}: ${name} could not be checked, as a quantity is unreadable`)
    return true
  }
  const sum = quantities.reduce<number>((a, b) => a + (b ?? 0), 0)
  if (sum === total.value) return true
  const detail = `${work.where}: ${name} says ${total.value}, its ${quantities.length} lines add up to ${sum}; nothing of it was taken`
  work.draft.refusals.push(controlTotal(detail))
  return false
}
