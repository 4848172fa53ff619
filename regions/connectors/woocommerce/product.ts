import * as z from 'zod'
import { readRecord } from '../market/document.ts'
import { countLevel } from '../market/level.ts'
import type { Reading } from '../market/reading.ts'
import { VendorId } from '../market/vendor-code.ts'
import { momentOf } from './gmt.ts'
import { codesOf } from './order.ts'

const Product = z.object({
  id: VendorId,
  sku: z.string().nullish(),
  type: z.string().nullish(),
  /** `parent`: a variation that has no stock of its own, but what the product has that it is of. */
  manage_stock: z.union([z.boolean(), z.string()]).nullish(),
  stock_quantity: z.unknown().optional(),
  date_modified_gmt: z.string().nullish(),
})

/** What the shop has to sell of a product, where it counts it. It knows one place at most, its source's. */
export function readProduct(record: unknown, reading: Reading): void {
  const { draft, message } = reading
  const read = readRecord(Product, record, 'product')
  if (!read.ok) return void draft.refusals.push(read.error)
  const { id, sku, type, manage_stock: isCounted, stock_quantity: value } = read.value
  const name = `product/${id}`
  if (isCounted !== true)
    return void draft.warnings.push(`${name}: the shop does not count it, which is not zero; no effect`)
  const at = momentOf(read.value.date_modified_gmt, message.receivedAt, name)
  if (!at.ok) return void draft.refusals.push(at.error)
  const isVariation = type === 'variation'
  countLevel(reading, {
    name,
    item: codesOf(isVariation ? { sku, variation_id: id } : { sku, product_id: id }),
    place: null,
    quantities: [{ kind: 'stock_quantity', state: 'onHand', value }],
    at: at.value,
  })
}
