import type { Disposition } from '../../../shared/contract/events.ts'
import { type Decimal, isLess, isZero, minus, NOTHING, plus } from '../../../shared/domain/decimal.ts'
import { err, ok, type Result } from '../../../shared/kernel/result.ts'
import type { Refusal } from '../connector.ts'
import { outOfPolicy } from '../refusals.ts'
import { notNegative, readQuantity } from '../stated-quantity.ts'
import { at, type Segment } from './tokenize.ts'

type Condition = Disposition | 'not received'

/** Receiving condition code (element 412, in W13-03), and the letters some partners put into W20-01. */
const CONDITIONS: Readonly<Record<string, Condition>> = {
  '01': 'damaged',
  '02': 'not received',
  '03': 'sellable',
  '04': 'quarantined',
  '05': 'quarantined',
  '06': 'sellable',
  '07': 'sellable',
  '08': 'quarantined',
  '09': 'quarantined',
  '10': 'damaged',
  '12': 'not received',
  '13': 'quarantined',
  '14': 'sellable',
  '16': 'not received',
  DM: 'damaged',
  DA: 'damaged',
  GD: 'sellable',
  NC: 'sellable',
  HD: 'quarantined',
  QH: 'quarantined',
  SH: 'not received',
}

type Part = { readonly condition: Condition; readonly quantity: Decimal }

/**
 * The conditions told of parts of a received line: `W13*5*EA*01`, or `W20*DM*5`. A W20 that begins with a number is about
 * packing (pack, size), as the standard has it.
 */
export function conditionsOf(body: readonly Segment[], where: string): Result<readonly Part[], Refusal> {
  const parts: Part[] = []
  for (const segment of body) {
    const isW20 = segment.name === 'W20' && /^[A-Z]{2}$/.test(at(segment, 1))
    if (segment.name !== 'W13' && !isW20) continue
    const [code, text] = isW20 ? [at(segment, 1), at(segment, 2)] : [at(segment, 3), at(segment, 1)]
    const condition = Object.hasOwn(CONDITIONS, code) ? CONDITIONS[code] : undefined
    if (condition === undefined) {
      const detail = `${where}: receiving condition ${code} in ${segment.name} is not one we know to be for sale or not`
      return err(outOfPolicy('unknown-condition', detail))
    }
    const quantity = notNegative(readQuantity(text, `${where}, ${segment.name}`), where)
    if (!quantity.ok) return quantity
    parts.push({ condition, quantity: quantity.value })
  }
  return ok(parts)
}

/**
 * The received quantity by disposition. What no condition speaks of is as usual; null when the conditions speak of more
 * than was received, or when they name good units too and still leave some out.
 */
export function partition(
  received: Decimal,
  parts: readonly Part[],
  usual: Disposition,
): ReadonlyMap<Disposition, Decimal> | null {
  const by = new Map<Disposition, Decimal>()
  const add = (disposition: Disposition, quantity: Decimal): void =>
    void by.set(disposition, plus(by.get(disposition) ?? NOTHING, quantity))
  let told = NOTHING
  for (const { condition, quantity } of parts) {
    if (condition === 'not received' || isZero(quantity)) continue
    add(condition, quantity)
    told = plus(told, quantity)
  }
  const isRest = isLess(told, received)
  if (isLess(received, told) || (isRest && by.has('sellable'))) return null
  if (isRest) add(usual, minus(received, told))
  return by
}
