import type { Decimal } from '../../../shared/domain/decimal.ts'
import { OrderRef } from '../../../shared/domain/ids.ts'
import type { Instant } from '../../../shared/kernel/clock.ts'
import { err, ok, type Result } from '../../../shared/kernel/result.ts'
import { canonicalEvent } from '../canonical-event.ts'
import type { Codes, Refusal } from '../connector.ts'
import { malformed } from '../refusals.ts'
import { counted } from '../stated-quantity.ts'
import { take } from '../translation.ts'
import type { Reading } from './reading.ts'
import { stateId } from './state-id.ts'

/** An order's line as a marketplace states it. */
export type AskedLine = {
  readonly line: string
  readonly sku: Result<string, Refusal>
  readonly quantity: Result<Decimal, Refusal>
  readonly uom?: string | undefined
  readonly node?: string | undefined
  readonly dueAt?: string | undefined
  readonly where: string
}

export type NamedOrder = { readonly orderRef: string; readonly channel: string }

/** `channel:number`: the channel is the source's, or goes by the vendor's name. */
export function namedOrder(
  { profile }: Codes,
  vendor: string,
  number: string,
  where: string,
): Result<NamedOrder, Refusal> {
  const channel = profile.channel ?? vendor
  const orderRef = OrderRef.safeParse(`${channel}:${number}`)
  if (orderRef.success) return ok({ orderRef: orderRef.data, channel })
  const shown = JSON.stringify(number.slice(0, 128))
  return err(malformed('no-order-number', `${where}: ${shown} can't be the number of an order`))
}

/** What is said of an order, and when; `name` is its own in every id that is made of it: `order/1001`. */
export type Word = { readonly order: NamedOrder; readonly name: string; readonly at: Instant }

/**
 * The order as it is wanted by now; `isWhole` where a line that is not stated is wanted no more, `mayReopen` where nothing of it is, for now.
 * `id`: the delivery's own, where it has one.
 */
export function stateOrder(
  { message, codes, draft }: Reading,
  { order, name, at }: Word,
  type: 'accepted' | 'changed',
  asked: readonly AskedLine[],
  {
    id,
    ...how
  }: { readonly id?: string | undefined; readonly isWhole?: true; readonly mayReopen?: true } = {},
): void {
  if (asked.length === 0)
    return void draft.warnings.push(`${name} wants nothing that has to be sent; no effect`)
  // A part of an order under its own id would keep the rest out for good.
  const read = asked.map((line) => statedLine(codes, line))
  for (const it of read) if (!it.ok) draft.refusals.push(it.error)
  if (!read.every((it) => it.ok)) return
  const data = { ...order, lines: read.map(({ value }) => value), ...how }
  const event = { source: message.source, at, id: id ?? stateId(name, at, data), data }
  take(draft, canonicalEvent({ ...event, type: `plimsoll.order.${type}` }, name))
}

/** The whole of it is not wanted any more; for good, unless it may be opened again. */
export function cancelOrder(
  { message, draft }: Reading,
  { order, name, at }: Word,
  { mayReopen = false } = {},
): void {
  const [id, data] = mayReopen
    ? [stateId(name, at, order), { ...order, mayReopen }]
    : [`${name}/cancelled`, order]
  const event = { source: message.source, at, id, data }
  take(draft, canonicalEvent({ ...event, type: 'plimsoll.order.cancelled' }, name))
}

function statedLine(codes: Codes, { sku, quantity, where, ...rest }: AskedLine) {
  if (!sku.ok) return sku
  if (!quantity.ok) return quantity
  const uom = rest.uom === undefined ? undefined : codes.uom(rest.uom)
  const count = counted(codes, { sku: sku.value, uom }, quantity.value, where)
  if (!count.ok) return count
  const line = { ...rest, sku: sku.value, ...count.value }
  // Absent, not undefined: what is compared and hashed later has only what was said.
  return ok(
    Object.fromEntries(Object.entries(line).filter(([, value]) => value !== undefined)) as typeof line,
  )
}
