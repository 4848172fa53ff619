import { OrderRef } from '../../../shared/domain/ids.ts'
import type { Decimal } from '../../../shared/domain/decimal.ts'
import { err, ok, type Result } from '../../../shared/kernel/result.ts'
import type { Codes, Refusal } from '../connector.ts'
import { malformed } from '../refusals.ts'
import { counted } from '../stated-quantity.ts'
import type { Draft } from '../translation.ts'

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

/** `channel:number`: the channel is the source's, or goes by the vendor's name. */
export function orderRefOf(
  { profile }: Codes,
  vendor: string,
  number: string,
  where: string,
): Result<{ readonly orderRef: string; readonly channel: string }, Refusal> {
  const channel = profile.channel ?? vendor
  const orderRef = OrderRef.safeParse(`${channel}:${number}`)
  if (orderRef.success) return ok({ orderRef: orderRef.data, channel })
  const shown = JSON.stringify(number.slice(0, 128))
  return err(malformed('no-order-number', `${where}: ${shown} can't be the number of an order`))
}

/**
 * The lines as events state them. Null, and the reason in the draft, unless every one can be read: a part of an order under
 * its own id would keep the rest out for good.
 */
export function statedLines(codes: Codes, lines: readonly AskedLine[], draft: Draft) {
  const read = lines.map((line) => statedLine(codes, line))
  for (const it of read) if (!it.ok) draft.refusals.push(it.error)
  return read.every((it) => it.ok) ? read.map(({ value }) => value) : null
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
