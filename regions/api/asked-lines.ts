import type { FieldError } from '../../shared/contract/problem.ts'
import type { ReserveRequest } from '../../shared/contract/reservation-api.ts'
import { toBaseUnits } from '../../shared/domain/uom.ts'
import { parseInstant } from '../../shared/kernel/clock.ts'
import { err, ok, type Result } from '../../shared/kernel/result.ts'
import type { Refusal } from '../../shared/node/http.ts'
import type { Asked, AskedLine, ReserveRefusal } from '../orders/core/reserve.ts'
import type { RegionHub } from '../region-hub.ts'

type Unclear = { readonly code: 'unknown-sku' | 'unknown-node' | 'invalid'; readonly error: FieldError }

/** In base units, of known skus and nodes. */
export function askedOf(
  hub: RegionHub,
  { orderRef, channel, segment, lines, partial }: ReserveRequest,
): Result<Asked, Unclear> {
  const { master } = hub.writer.ledger.books
  const known: AskedLine[] = []
  for (const [i, { line, sku, quantity, uom, node, dueAt }] of lines.entries()) {
    const refuse = (code: Unclear['code'], field: string, message: string) =>
      err({ code, error: { path: `lines.${i}.${field}`, message } })
    const item = master.item(sku)
    if (!item) return refuse('unknown-sku', 'sku', `no item ${sku} was put in ${hub.region}`)
    if (node !== undefined && !master.node(node))
      return refuse('unknown-node', 'node', `no node ${node} here`)
    const base = toBaseUnits(quantity, uom, item)
    if (!base.ok) return refuse('invalid', uom === undefined ? 'quantity' : 'uom', base.error.detail)
    known.push({
      line,
      sku,
      quantity: base.value,
      ...(node === undefined ? {} : { node }),
      ...(dueAt === undefined ? {} : { dueAt: parseInstant(dueAt)! }),
    })
  }
  return ok({
    orderRef,
    channel,
    ...(segment === undefined ? {} : { segment }),
    lines: known,
    isPartial: partial === true,
  })
}

/** Why nothing is held for an order, as its callers are told. */
export function nothingHeld(why: ReserveRefusal, orderRef?: string): Refusal {
  switch (why.code) {
    case 'insufficient-availability':
      return { code: why.code, fields: { detail: 'nothing is held', lines: why.lines } }
    case 'already-reserved':
      return {
        code: why.code,
        fields: {
          detail: `reservation ${why.reservation} of this order holds something else for these lines`,
          reservationId: why.reservation,
        },
      }
    case 'order-finished':
      return { code: 'wrong-state', fields: { detail: finishedDetail(orderRef) } }
  }
}

/** Of an order that is over, and of which the books know no more than that. */
export const finishedDetail = (orderRef = 'this order'): string =>
  `${orderRef} was finished some time ago: GET /v1/journal?order=… tells what became of it`
