import * as z from 'zod'
import type { CanonicalEvent } from '../../../shared/contract/events.ts'
import {
  type Decimal,
  decimalOf,
  isLess,
  isZero,
  minus,
  NOTHING,
  plus,
} from '../../../shared/domain/decimal.ts'
import { formatInstant, type Instant } from '../../../shared/kernel/clock.ts'
import { digestBytes } from '../../../shared/kernel/hash64.ts'
import { err, ok, type Result } from '../../../shared/kernel/result.ts'
import { canonicalEvent } from '../canonical-event.ts'
import type { Refusal } from '../connector.ts'
import { malformed, noPlace, unknownCode } from '../refusals.ts'
import { checkQuantity, counted } from '../stated-quantity.ts'
import { readLineNote } from './line-note.ts'
import { lineIdOf, orderRefOf } from './order-of.ts'
import type { Reading } from './page.ts'
import { dayStart, Stamped, stampOf, TrytonDate } from './values.ts'

const Move = z.object({ state: z.string(), quantity: z.number() })
const Line = z.object({
  id: z.number().int(),
  note: z.string().nullable(),
  quantity: z.number().nullable(),
  'unit.': z.object({ symbol: z.string() }).nullable(),
  'product.': z.object({ code: z.string().nullable(), type: z.string() }).nullable(),
  'moves.': z.array(Move).optional(),
  'components.': z.array(z.object({ 'moves.': z.array(Move).optional() })).optional(),
})
type Line = z.infer<typeof Line>
export const SaleRow = z.object({
  ...Stamped,
  number: z.string().nullable(),
  reference: z.string().nullable(),
  state: z.string(),
  shipment_state: z.string().nullable(),
  shipping_date: TrytonDate.nullable().optional(),
  'warehouse.': z.object({ code: z.string().nullable() }).nullable(),
  'lines.': z.array(Line),
})
type SaleRow = z.infer<typeof SaleRow>

type Stated = {
  readonly line: string
  readonly sku: string
  readonly uom: string | undefined
  readonly quantity: number
  /** What was ordered and will not come any more. */
  readonly missing: number
}

const BINDING = new Set(['confirmed', 'processing', 'done'])

/**
 * A sale that binds is demand at its warehouse, unless we posted it: then it was demand before the ERP heard of it. What of a
 * sale will not be sent any more, because it was called off or its shipment was, is cancelled demand, whoever's it was; what we
 * called off ourselves we know of.
 */
export function saleEvents(row: SaleRow, reading: Reading): Result<CanonicalEvent[], Refusal> {
  const { codes, message, page } = reading
  const where = `sale.sale ${row.id}`
  const isCancelled = row.state === 'cancelled'
  if (!BINDING.has(row.state) && !isCancelled) return ok([])
  const code = row['warehouse.']?.code ?? null
  if (page.warehouses && (code === null || !page.warehouses.includes(code))) return ok([])
  const goods = row['lines.'].filter(isGoods)
  const order = orderRefOf(
    row,
    goods.map(({ note }) => note),
    codes,
  )
  // A draft that was thrown away never had a number, and bound nobody.
  if (order === null || goods.length === 0) return ok([])
  if (code === null) return err(noPlace(where))
  const node = codes.node(code)
  if (node === null) return err(unknownCode('node', code, where))
  const at = stampOf(row)
  if (at === null) return err(malformed('no-date', `${where}: says not when it was written`))
  const isSettled = isCancelled || row.state === 'done' || row.shipment_state === 'sent'
  const lines: Stated[] = []
  for (const line of goods) {
    const stated = statedOf(line, isSettled, reading, `${where}, line ${line.id}`)
    if (!stated.ok) return stated
    lines.push(stated.value)
  }
  const events: CanonicalEvent[] = []
  const base = { source: message.source, at, orderRef: order.orderRef }
  if (!order.isOurs) {
    const accepted = acceptedOf(row, lines, node, base, where)
    if (!accepted.ok) return accepted
    events.push(accepted.value)
  }
  const missing = lines.filter((line) => line.missing > 0)
  if (missing.length > 0) {
    const data = {
      orderRef: order.orderRef,
      lines: missing.map(({ line, sku, uom, missing: quantity }) => ({ line, sku, uom, quantity })),
    }
    const id = `sale/${row.id}/cancelled`
    const event = { id, source: base.source, at, type: 'plimsoll.order.cancelled', data } as const
    const cancelled = canonicalEvent(event, where)
    if (!cancelled.ok) return cancelled
    events.push(cancelled.value)
  }
  return ok(events)
}

/** An order is named by what it says: told again it is the same, changed it is another and later word. */
function acceptedOf(
  row: SaleRow,
  lines: readonly Stated[],
  node: string,
  { source, at, orderRef }: { source: string; at: Instant; orderRef: string },
  where: string,
): Result<CanonicalEvent, Refusal> {
  const due = row.shipping_date ? dayStart(row.shipping_date) : null
  const data = {
    orderRef,
    channel: orderRef.slice(0, orderRef.indexOf(':')),
    lines: lines.map(({ line, sku, uom, quantity }) => ({
      line,
      sku,
      uom,
      quantity,
      node,
      dueAt: due === null ? undefined : formatInstant(due),
    })),
  }
  const id = `sale/${row.id}/${digestBytes(new TextEncoder().encode(JSON.stringify(data)))}`
  return canonicalEvent({ id, source, at, type: 'plimsoll.order.accepted', data }, where)
}

/** Returns are sold in the negative: they come as moves when they come. Remarks and services are no goods. */
const isGoods = ({ quantity, 'product.': product }: Line): boolean =>
  quantity !== null && quantity > 0 && product !== null && ['goods', 'kit'].includes(product.type)

function statedOf(
  line: Line,
  isSettled: boolean,
  { codes }: Reading,
  where: string,
): Result<Stated, Refusal> {
  const code = line['product.']?.code ?? ''
  const sku = codes.sku(code)
  if (sku === null) return err(unknownCode('sku', code, where))
  const uom = line['unit.'] ? codes.uom(line['unit.'].symbol) : undefined
  const ordered = checkQuantity(line.quantity, where)
  if (!ordered.ok) return ordered
  const whole = counted(codes, { sku, uom }, ordered.value, where)
  if (!whole.ok) return whole
  const isNews = isSettled && readLineNote(line.note)?.isCalledOff !== true
  const left = isNews ? leftOver(line, ordered.value) : NOTHING
  const missing = counted(codes, { sku, uom }, left, where)
  if (!missing.ok) return missing
  return ok({ line: lineIdOf(line.id, line.note), sku, ...whole.value, missing: missing.value.quantity })
}

/** A kit of which anything was sent counts as sent: half a kit can't be cancelled. */
function leftOver(line: Line, ordered: Decimal): Decimal {
  const parts = line['components.'] ?? []
  if (parts.length > 0) return parts.some((part) => !isZero(sentOf(part['moves.'] ?? []))) ? NOTHING : ordered
  const sent = sentOf(line['moves.'] ?? [])
  return isLess(sent, ordered) ? minus(ordered, sent) : NOTHING
}

const sentOf = (moves: readonly z.infer<typeof Move>[]): Decimal =>
  moves
    .filter(({ state }) => state === 'done')
    .reduce((sum, { quantity }) => plus(sum, decimalOf(String(quantity)) ?? NOTHING), NOTHING)
