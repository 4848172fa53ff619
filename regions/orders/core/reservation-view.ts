import type { ReservationAnswer, ReservationStatus } from '../../../shared/contract/reservation-api.ts'
import {
  channelOf,
  type Channel,
  type LineId,
  type NodeId,
  type OrderRef,
  type Sku,
} from '../../../shared/domain/ids.ts'
import { formatInstant, type Instant } from '../../../shared/kernel/clock.ts'
import type { Books } from '../../ledger/core/books.ts'
import type { DemandLine } from '../../ledger/core/demand-line.ts'
import type { Reservation } from '../../ledger/core/reservation.ts'

/** A hold counts while now is before its end, so it is over at that very millisecond, whoever looks. */
export function statusOf(reservation: Reservation, books: Books, now: Instant): ReservationStatus {
  const { isEnded, isExpired, isConfirmed, isLapsed, expiresAt } = reservation
  if (isFulfilled(reservation, books)) return 'fulfilled'
  if (isEnded) return isExpired ? 'expired' : 'released'
  if (isConfirmed || hasOrder(reservation, books)) return 'confirmed'
  return isLapsed || expiresAt <= now ? 'expired' : 'held'
}

export function reservationView(books: Books, reservation: Reservation, now: Instant): ReservationAnswer {
  const status = statusOf(reservation, books, now)
  const demandClass = reservation.lines[0]?.holds.get(reservation)?.demandClass
  const [, segment] = (demandClass ?? '').split('/')
  return {
    reservationId: reservation.id,
    orderRef: reservation.orderRef as OrderRef,
    ...(demandClass ? { channel: channelOf(demandClass) as Channel } : {}),
    ...(segment ? { segment: segment as never } : {}),
    status,
    expiresAt: status === 'held' ? formatInstant(reservation.expiresAt) : null,
    lines: reservation.lines.map((it) => {
      const want = it.holds.get(reservation)!
      return {
        line: it.line as LineId,
        sku: books.skus.textOf(it.sku) as Sku,
        quantity: want.asked ?? want.quantity,
        reserved: want.quantity,
        ...(want.node < 0 ? {} : { node: books.nodes.textOf(want.node) as NodeId }),
      }
    }),
  }
}

/** The order itself has been heard of: it stands for the hold. */
const hasOrder = (reservation: Reservation, books: Books): boolean =>
  linesOf(reservation, books).some(({ terms, isCancelledWhole }) => terms !== null && !isCancelledWhole)

/** Everything that was held has left. */
function isFulfilled(reservation: Reservation, books: Books): boolean {
  const lines = linesOf(reservation, books)
  return (
    lines.length > 0 &&
    lines.every((it) => {
      const wanted = it.terms?.quantity ?? [...it.holds].find(([hold]) => hold === reservation)![1].quantity
      let shipped = 0
      for (const work of it.work.values()) shipped += work.shipped
      return shipped > 0 && shipped + it.cancelled >= wanted
    })
  )
}

const linesOf = ({ orderRef, lines }: Reservation, books: Books): readonly DemandLine[] =>
  books.demand.linesOf(orderRef).filter((it) => lines.includes(it))
