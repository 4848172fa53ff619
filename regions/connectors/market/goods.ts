import { isZero } from '../../../shared/domain/decimal.ts'
import { ok, type Result } from '../../../shared/kernel/result.ts'
import type { Codes, Refusal } from '../connector.ts'
import { checkQuantity, counted, notNegative } from '../stated-quantity.ts'
import { skuOf, type VendorCode } from './vendor-code.ts'

export type Goods = { readonly sku: string; readonly quantity: number }

/** How much of which item a line states, in pieces or minor units. Null of nothing. */
export function goodsOf(
  codes: Codes,
  named: readonly VendorCode[],
  quantity: unknown,
  where: string,
): Result<Goods | null, Refusal> {
  const sku = skuOf(codes, named, where)
  if (!sku.ok) return sku
  const stated = notNegative(checkQuantity(quantity, where), where)
  if (!stated.ok) return stated
  if (isZero(stated.value)) return ok(null)
  const count = counted(codes, { sku: sku.value, uom: undefined }, stated.value, where)
  return count.ok ? ok({ sku: sku.value, quantity: count.value.quantity }) : count
}
