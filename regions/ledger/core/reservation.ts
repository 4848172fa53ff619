import type { Instant } from '../../../shared/kernel/clock.ts'
import type { FewMap } from './few-map.ts'
import type { LineWant } from './line-want.ts'

/** A hold on stock: the hub's own word. Each of its parts only ever goes one way, so their order doesn't matter. */
export type Reservation = {
  readonly id: string
  readonly orderRef: string
  /** The latest end that was said; a hold counts while now is before it. */
  expiresAt: Instant
  isConfirmed: boolean
  /** Released, or declared expired. */
  isEnded: boolean
  /** It was declared expired. */
  isExpired: boolean
  /** Seen to be past its end. What is confirmed has no end. */
  isLapsed: boolean
  lines: readonly HeldLine[]
}

/** An order's line on which something may be held. */
export type HeldLine = {
  readonly orderRef: string
  readonly line: string
  /** Interned. */
  readonly sku: number
  /** Holds by reservation; they count until the order itself is known. */
  readonly holds: FewMap<Reservation, LineWant>
  lastHeardAt: Instant
}

const NO_LINES: readonly HeldLine[] = []

/** A hold of which nothing is known yet but that it was heard of. */
export const newHold = (id: string, orderRef: string): Reservation => ({
  id,
  orderRef,
  expiresAt: 0,
  isConfirmed: false,
  isEnded: false,
  isExpired: false,
  isLapsed: false,
  lines: NO_LINES,
})

export const isLive = ({ isEnded, isConfirmed, isLapsed }: Reservation): boolean =>
  !isEnded && (isConfirmed || !isLapsed)

/** The lines of a hold with one more. Where its order has that one only, as most do, the order's list serves for both. */
export const withLine = (
  lines: readonly HeldLine[],
  line: HeldLine,
  ofOrder: readonly HeldLine[],
): readonly HeldLine[] =>
  lines.length === 0 && ofOrder.length === 1 && ofOrder[0] === line ? ofOrder : lines.concat(line)
