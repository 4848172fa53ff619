import type { CanonicalEvent } from '../../../shared/contract/events.ts'
import type { Rules } from '../../../shared/contract/push.ts'
import { formatInstant, type Instant } from '../../../shared/kernel/clock.ts'
import { err, ok, type Result } from '../../../shared/kernel/result.ts'
import type { Books } from '../../ledger/core/books.ts'
import { figuresOf } from '../../ledger/core/figures.ts'
import { isLive, type Reservation } from '../../ledger/core/reservation.ts'
import { type Asked, reserve, type ReserveRefusal } from './reserve.ts'
import { SOURCING_DEFAULT, sourceOrder } from './source-order.ts'

export type AcceptOrder = Asked & { readonly toZone?: string | undefined }

export type AcceptRefusal = ReserveRefusal | { readonly code: 'different-order' }

/** A decision before it has an id: its type behind `plimsoll.`, and its data. */
export type Deciding = { readonly type: string; readonly data: object }

/**
 * Takes an order on: what its reservation holds is confirmed, or what it needs is held now; then it is demand, assigned to
 * nodes. Nothing to decide when the same order was taken before. Answers the decisions, in order.
 */
export function acceptOrder(
  books: Books,
  rules: Pick<Rules, 'allocation'>,
  order: AcceptOrder,
  now: Instant,
  newId: () => string,
): Result<readonly Deciding[], AcceptRefusal> {
  const { orderRef, channel, segment, lines } = order
  const known = knownBefore(books, order)
  if (known !== null) return known ? ok([]) : err({ code: 'different-order' })
  const held = holdingOf(books, orderRef)
  const decided: Deciding[] = []
  const who = { orderRef, channel, ...(segment === undefined ? {} : { segment }) }
  const stated = lines.map(({ line, sku, quantity, node, dueAt }) => ({
    line,
    sku,
    quantity,
    ...(node === undefined ? {} : { node }),
    ...(dueAt === undefined ? {} : { dueAt: formatInstant(dueAt) }),
  }))
  if (held && covers(books, held, order)) decided.push(confirmed(held.id, orderRef))
  else {
    const offered = reserve(books, rules, { ...order, isPartial: false }, now)
    if (!offered.ok) return offered
    const id = newId()
    if (!('merged' in offered.value)) {
      const expiresAt = formatInstant(now + FIRM_AT_ONCE_MS)
      decided.push({ type: 'reservation.made', data: { reservation: id, ...who, lines: stated, expiresAt } })
      decided.push(confirmed(id, orderRef))
    }
  }
  decided.push({ type: 'order.accepted', data: { ...who, lines: stated } })
  decided.push({ type: 'fulfilment.sourced', data: { orderRef, lines: sourced(books, order, now) } })
  return ok(decided)
}

/** It is confirmed in the same batch: its end is never reached. */
const FIRM_AT_ONCE_MS = 60_000

const confirmed = (reservation: string, orderRef: string): Deciding => ({
  type: 'reservation.confirmed',
  data: { reservation, orderRef },
})

/** Assigns an order’s lines as the policy of its channel says; a line that names its node stays there. */
export function sourced(books: Books, { channel, lines, toZone }: AcceptOrder, now: Instant) {
  const rule = books.master.policy('sourcing', { channel }) ?? SOURCING_DEFAULT
  const places = [...books.master.all('node')]
    .filter(([, { body }]) => body.sells)
    .map(([node, { body }]) => ({ node, zone: body.zone }))
  const free = lines.filter(({ node }) => node === undefined)
  const assigned = sourceOrder(
    free.map(({ line, sku, quantity }) => ({
      line,
      sku,
      quantity,
      figures: figuresOf(books, books.skus.find(sku), now, 'promised'),
    })),
    places,
    rule,
    toZone,
  )
  return lines.map(
    ({ line, sku, quantity, node }) =>
      assigned.find((it) => it.line === line) ?? {
        line,
        sku,
        nodes: quantity > 0 ? [{ node: node!, quantity }] : [],
      },
  )
}

/** Null when the order is new; whether it says the same when it is not. */
function knownBefore(books: Books, { orderRef, lines }: AcceptOrder): boolean | null {
  if (!books.flows.find(orderRef)) return null
  const known = books.demand.linesOf(orderRef)
  return lines.every(({ line, sku, quantity }) =>
    known.some(
      (it) => it.line === line && books.skus.textOf(it.sku) === sku && it.terms?.quantity === quantity,
    ),
  )
}

const holdingOf = (books: Books, orderRef: string): Reservation | undefined =>
  books.demand
    .linesOf(orderRef)
    .flatMap(({ holds }) => [...holds.keys()])
    .find(isLive)

/** What is held is enough for the order: then nothing more is needed. */
const covers = (books: Books, held: Reservation, { lines }: AcceptOrder): boolean =>
  lines.every(({ line, sku, quantity }) =>
    held.lines.some(
      (it) =>
        it.line === line &&
        books.skus.textOf(it.sku) === sku &&
        (it.holds.get(held)?.quantity ?? 0) >= quantity,
    ),
  )

/** As it becomes a decision of the hub. */
export const eventOf = (
  { type, data }: Deciding,
  parts: { id: string; source: string; now: Instant; correlationId: string },
): CanonicalEvent =>
  ({
    specversion: '1.0',
    id: parts.id,
    source: parts.source,
    type: `plimsoll.${type}`,
    time: formatInstant(parts.now),
    correlationid: parts.correlationId,
    data,
  }) as unknown as CanonicalEvent
