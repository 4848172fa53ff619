import * as z from 'zod'
import type { CanonicalEvent } from '../../../shared/contract/events.ts'
import { decimalOf, textOf, unitsOf } from '../../../shared/domain/decimal.ts'
import { Sku } from '../../../shared/domain/ids.ts'
import { err, ok, type Result } from '../../../shared/kernel/result.ts'
import { canonicalEvent } from '../canonical-event.ts'
import type { Codes, Refusal } from '../connector.ts'
import { malformed, noItem, outOfPolicy, unknownCode } from '../refusals.ts'
import type { Reading } from './page.ts'
import { Stamped, stampOf } from './values.ts'

const Unit = z.object({ id: z.number().int(), symbol: z.string(), digits: z.number().int().min(0) })
const Component = z.object({
  quantity: z.number(),
  unit: z.number().int(),
  fixed: z.boolean().or(z.number()).nullable(),
  'product.': z.object({ code: z.string().nullable(), 'default_uom.': Unit }),
})
export const ProductRow = z.object({
  ...Stamped,
  code: z.string().nullable(),
  name: z.string().nullable(),
  type: z.string(),
  'default_uom.': Unit,
  'template.': z.object({ ...Stamped, 'components.': z.array(Component).optional() }),
  'components.': z.array(Component).optional(),
  'identifiers.': z.array(z.object({ type: z.string().nullable(), code: z.string() })).optional(),
})
type ProductRow = z.infer<typeof ProductRow>

/** A product's variant as an item. Who sells it, how fast and for which tier are not the ERP's to say. */
export function itemEvents(row: ProductRow, { codes, message }: Reading): Result<CanonicalEvent[], Refusal> {
  const where = `product.product ${row.id}`
  // Kits and goods; what is a service, an asset or nameless lies in no warehouse.
  if (!['goods', 'kit'].includes(row.type)) return ok([])
  if (row.code === null || row.code === '') return err(noItem(where))
  const sku = skuOf(row.code, codes)
  if (sku === null) return err(unknownCode('sku', row.code, where))
  const stamps = [stampOf(row), stampOf(row['template.'])].filter((at) => at !== null)
  if (stamps.length === 0) return err(malformed('no-date', `${where}: says not when it was written`))
  const at = Math.max(...stamps)
  const kit = row.type === 'kit' ? kitOf(row, codes, where) : ok(undefined)
  if (!kit.ok) return kit
  const unit = row['default_uom.']
  const gtin = row['identifiers.']?.find(({ type }) => type === 'ean')?.code
  const data = {
    name: row.name?.slice(0, 256),
    baseUom: codes.uom(unit.symbol),
    decimals: unit.digits,
    gtin,
    kit: kit.value,
  }
  const made = canonicalEvent(
    {
      id: `product/${row.id}/${at}`,
      source: message.source,
      at,
      subject: sku,
      type: 'plimsoll.item.upserted',
      data,
    },
    where,
  )
  return made.ok ? ok([made.value]) : made
}

/** An item that is new here is called as the ERP calls it, unless its code is mapped. */
const skuOf = (code: string, codes: Codes): string | null =>
  codes.sku(code) ?? Sku.safeParse(code).data ?? null

function kitOf(
  row: ProductRow,
  codes: Codes,
  where: string,
): Result<{ sku: string; quantity: number }[], Refusal> {
  // A variant's own components stand for those of its template.
  const own = row['components.'] ?? []
  const components = own.length > 0 ? own : (row['template.']['components.'] ?? [])
  const kit: { sku: string; quantity: number }[] = []
  for (const { quantity, unit, fixed, 'product.': product } of components) {
    const code = product.code ?? ''
    const sku = skuOf(code, codes)
    if (sku === null) return err(unknownCode('sku', code, where))
    if (fixed) {
      const detail = `${where}: of ${code} a kit takes ${quantity} however many kits there are; no availability can be told of that`
      return err(outOfPolicy('fixed-component', detail))
    }
    const { id, digits, symbol } = product['default_uom.']
    const stated = decimalOf(String(quantity))
    const units = stated && unit === id ? unitsOf(stated, digits) : null
    if (units === null) {
      const seen = stated ? textOf(stated) : String(quantity)
      return err({
        class: 'unit',
        code: 'not-whole',
        detail: `${where}: ${seen} of component ${code} is not a whole quantity in its own unit ${symbol}`,
      })
    }
    kit.push({ sku, quantity: Number(units) })
  }
  return ok(kit)
}
