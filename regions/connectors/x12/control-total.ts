import { controlTotal } from '../refusals.ts'
import { type Decimal, isEqual, textOf } from '../../../shared/domain/decimal.ts'
import { readQuantity, sumOf } from '../stated-quantity.ts'
import type { Result } from '../../../shared/kernel/result.ts'
import type { Refusal } from '../connector.ts'
import { at, type Segment } from './tokenize.ts'
import type { Work } from './work.ts'

/**
 * The CTT of a purchase order or ship notice: how many lines, and the sum of their quantities. Senders count lines in
 * many ways, so that is only remarked upon; of quantities with decimals the standard's sum is no sum, and is passed over.
 */
export function hashTotal(
  work: Work,
  ctt: Segment | undefined,
  lines: number | null,
  quantities: readonly Result<Decimal, Refusal>[],
): boolean {
  if (ctt === undefined) return true
  const said = at(ctt, 1)
  if (lines !== null && said !== '' && Number(said) !== lines)
    work.draft.warnings.push(`${work.where}: CTT says ${said} lines, there are ${lines}`)
  const known = quantities.map((it) => (it.ok ? it.value : null))
  if (known.some((it) => it !== null && it.scale > 0)) return true
  return addsUp(work, 'CTT', at(ctt, 2), known)
}

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
