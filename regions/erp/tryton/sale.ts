import * as z from 'zod'
import { ok, type Result } from '../../../shared/kernel/result.ts'
import type { ErpRefusal } from '../../orders/erp.ts'
import type { Records } from './records.ts'

const Id = z.number().int()
const SaleLine = z.object({
  id: Id,
  quantity: z.number().nullable(),
  note: z.string().nullable(),
  'product.': z.object({ code: z.string().nullable() }).nullable(),
})
const Sale = z.object({
  id: Id,
  number: z.string().nullable(),
  state: z.enum(['draft', 'quotation', 'confirmed', 'processing', 'done', 'cancelled']),
  shipments: z.array(Id),
  moves: z.array(Id),
  'lines.': z.array(SaleLine),
})
export type Sale = z.infer<typeof Sale>

const FIELDS = ['number', 'state', 'shipments', 'moves', 'lines.quantity', 'lines.note', 'lines.product.code']

/** How far a sale went. The furthest of several is the order; a cancelled one was the order before a draft that came late. */
const FAR: Record<Sale['state'], number> = {
  done: 5,
  processing: 4,
  confirmed: 3,
  cancelled: 2,
  quotation: 1,
  draft: 0,
}

/** Nobody posts more than a few at once; more than this would be another order's reference used again and again. */
const TWINS_MAX = 20

/** The sales of a reference at a warehouse, the one that counts first. */
export async function salesOf(
  records: Records,
  reference: string,
  warehouse: number,
): Promise<Result<Sale[], ErpRefusal>> {
  const domain = [
    ['reference', '=', reference],
    ['warehouse', '=', warehouse],
  ]
  const found = await records.search('sale.sale', domain, Sale, { fields: FIELDS, limit: TWINS_MAX })
  if (!found.ok) return found
  return ok(found.value.sort((a, b) => FAR[b.state] - FAR[a.state] || a.id - b.id))
}
