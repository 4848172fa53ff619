import * as z from 'zod'
import { OrderRef } from '../../../shared/domain/ids.ts'
import { err, ok, type Result } from '../../../shared/kernel/result.ts'
import type { Codes, Refusal } from '../connector.ts'
import { malformed } from '../refusals.ts'
import { readLineNote } from './line-note.ts'
import { type Reading, type Reference, referenceIn } from './page.ts'

/** Where no channel is named in the source's profile. */
const OWN_CHANNEL = 'erp'

/** Whose order a sale is: one that we posted carries its reference, and a note of ours on each line. */
export type SaleName = { readonly number: string | null; readonly reference: string | null }

/** The orderRef of a sale, and whether it was ours before it was the ERP's. Null for a sale without a number. */
export function orderRefOf(
  sale: SaleName,
  notes: readonly (string | null)[],
  codes: Codes,
): { readonly orderRef: string; readonly isOurs: boolean } | null {
  const ours = OrderRef.safeParse(sale.reference)
  if (ours.success && notes.some((note) => readLineNote(note) !== null))
    return { orderRef: ours.data, isOurs: true }
  const theirs = OrderRef.safeParse(`${codes.profile.channel ?? OWN_CHANNEL}:${sale.number}`)
  return sale.number !== null && theirs.success ? { orderRef: theirs.data, isOurs: false } : null
}

/** Our own id of a line, or the ERP's. */
export const lineIdOf = (id: number, note: string | null): string => readLineNote(note)?.line ?? String(id)

const SaleLine = z.object({
  id: z.number().int(),
  note: z.string().nullable(),
  'sale.': z.object({ number: z.string().nullable(), reference: z.string().nullable() }),
})
const Component = z.object({ line: z.number().int() })
const Served = z.object({ origin: z.string().nullable() })

export type OrderLine = { readonly orderRef: string; readonly line: string }

/**
 * The order line that a move serves: a shipment's move names its sale's line, or a component of a kit's line; a pick names the
 * move it is a pick for. Null for a move that no sale is behind.
 */
export function orderLineOf(
  origin: Reference | null,
  { related, codes }: Reading,
  where: string,
): Result<OrderLine | null, Refusal> {
  let named = origin
  if (named?.model === 'stock.move') {
    const served = related.find('stock.move', named.id, Served, where)
    if (!served.ok) return served
    named = referenceIn(served.value.origin)
  }
  if (named?.model === 'sale.line.component') {
    const component = related.find('sale.line.component', named.id, Component, where)
    if (!component.ok) return component
    named = { model: 'sale.line', id: component.value.line }
  }
  if (named?.model !== 'sale.line') return ok(null)
  const line = related.find('sale.line', named.id, SaleLine, where)
  if (!line.ok) return line
  const { id, note, 'sale.': sale } = line.value
  const order = orderRefOf(sale, [note], codes)
  if (order === null)
    return err(malformed('no-order-number', `${where}: its sale has no number that can name an order`))
  return ok({ orderRef: order.orderRef, line: lineIdOf(id, note) })
}
