import { controlTotal } from '../refusals.ts'
import { type Decimal, isEqual, textOf } from '../../../shared/domain/decimal.ts'
import { readQuantity, sumOf } from '../stated-quantity.ts'
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
  quantities: readonly (Decimal | null)[],
): boolean {
  if (declared === '') return true
  const total = readQuantity(declared, `${work.where}, ${name}`)
  if (!total.ok) {
    work.draft.refusals.push(total.error)
    return false
  }
  const known = quantities.filter((it) => it !== null)
  if (known.length < quantities.length) {
    work.draft.warnings.push(`${work.where}: ${name} could not be checked, as a quantity is unreadable`)
    return true
  }
  const sum = sumOf(known)
  if (isEqual(sum, total.value)) return true
  const detail = `${work.where}: ${name} says ${textOf(total.value)}, its ${quantities.length} lines add up to ${textOf(sum)}; nothing of it was taken`
  work.draft.refusals.push(controlTotal(detail))
  return false
}
