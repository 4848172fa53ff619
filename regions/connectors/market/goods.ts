import { isZero } from '../../../shared/domain/decimal.ts'
import { ok, type Result } from '../../../shared/kernel/result.ts'
import type { Codes, Refusal } from '../connector.ts'
import { checkQuantity, counted, notNegative } from '../stated-quantity.ts'
import { skuOf, type VendorCode } from './vendor-code.ts'

export type Goods = { readonly sku: string; readonly quantity: number; readonly uom?: string }

/** How much of which item a line states, in pieces or minor units. Null of nothing. */
export function goodsOf(
  codes: Codes,
  named: readonly VendorCode[],
  quantity: unknown,
  where: string,
  unit?: string,
): Result<Goods | null, Refusal> {
  const sku = skuOf(codes, named, where)
  if (!sku.ok) return sku
  const stated = notNegative(checkQuantity(quantity, where), where)
  if (!stated.ok) return stated
  if (isZero(stated.value)) return ok(null)
  const of = unit === undefined ? undefined : codes.uom(unit)
  const count = counted(codes, { sku: sku.value, uom: of }, stated.value, where)
  if (!count.ok) return count
  const { uom, quantity: many } = count.value
  return ok({ sku: sku.value, quantity: many, ...(uom === undefined ? {} : { uom }) })
}
