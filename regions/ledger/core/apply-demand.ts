import type { Fact } from '../../../shared/contract/events.ts'
import { demandClassOf } from '../../../shared/domain/ids.ts'
import { type Books, instantOf } from './books.ts'
import { UNASSIGNED } from './demand-line.ts'
import type { Folding } from './folding.ts'
import type { LineWant } from './line-want.ts'

type OrderFact = Extract<Fact, { type: `plimsoll.order.${string}` }>
/** A refusal holds nothing. */
type ReservationFact = Exclude<
  Extract<Fact, { type: `plimsoll.reservation.${string}` }>,
  { type: 'plimsoll.reservation.refused' }
>
type StatedLine = {
  readonly quantity?: number | undefined
  readonly asked?: unknown
  readonly node?: string | undefined
  readonly dueAt?: string | undefined
}

export function applyOrder({ books, effects, time, heardAt }: Folding, fact: OrderFact): void {
  const { orderRef, channel, segment } = fact.data
  const lines = fact.data.lines ?? []
  effects.orders.add(orderRef)
  if (fact.type === 'plimsoll.order.cancelled' && lines.length === 0) {
    for (const sku of books.demand.cancelOrder(orderRef, heardAt)) effects.skus.add(sku)
    return
  }
  for (const line of lines) {
    const sku = books.skus.idOf(line.sku)
    effects.skus.add(sku)
    const at = { orderRef, line: line.line, sku }
    if (typeof line['statedLine'] === 'string')
      books.demand.alias(at, fact.source, line['statedLine'], heardAt)
    if (fact.type === 'plimsoll.order.cancelled') books.demand.cancel(at, line.quantity, heardAt)
    else {
      const rank = [time, fact.type === 'plimsoll.order.changed' ? 1 : 0, fact.source, fact.id] as const
      const want = wantOf(books, line, demandClassOf(channel ?? '', segment))
      books.demand.state(orderRef, line.line, sku, { ...want, rank }, heardAt)
    }
  }
}

export function applyReservation({ books, effects, heardAt }: Folding, fact: ReservationFact): void {
  const { demand } = books
  const reservation = demand.reservation(fact.data.reservation, fact.data.orderRef)
  switch (fact.type) {
    case 'plimsoll.reservation.made':
    case 'plimsoll.reservation.extended': {
      const expiresAt = instantOf(fact.data.expiresAt)
      touch(
        demand.changeReservation(
          reservation,
          (it) => void (it.expiresAt = Math.max(it.expiresAt, expiresAt)),
        ),
      )
      if (fact.type === 'plimsoll.reservation.extended') return
      const { channel, segment, lines } = fact.data
      for (const line of lines) {
        const sku = books.skus.idOf(line.sku)
        effects.skus.add(sku)
        demand.hold(
          reservation,
          line.line,
          sku,
          wantOf(books, line, demandClassOf(channel, segment)),
          heardAt,
        )
      }
      return
    }
    case 'plimsoll.reservation.confirmed':
      return touch(demand.changeReservation(reservation, (it) => void (it.isConfirmed = true)))
    case 'plimsoll.reservation.released':
      return touch(demand.changeReservation(reservation, (it) => void (it.isEnded = true)))
    default:
      return touch(
        demand.changeReservation(reservation, (it) => {
          it.isEnded = true
          it.isExpired = true
        }),
      )
  }
  function touch(skus: readonly number[]): void {
    for (const sku of skus) effects.skus.add(sku)
  }
}

const wantOf = (
  books: Books,
  { quantity, asked, node, dueAt }: StatedLine,
  demandClass: string,
): LineWant => ({
  quantity: quantity ?? 0,
  ...(typeof asked === 'number' ? { asked } : {}),
  node: node === undefined ? UNASSIGNED : books.nodes.idOf(node),
  dueAt: dueAt === undefined ? -1 : instantOf(dueAt),
  demandClass,
})
